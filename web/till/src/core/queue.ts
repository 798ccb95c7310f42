// Every sale is written here before it is sent, online or not, and goes when the server has answered: a
// crash, a reload or a cut line between paying and the answer loses nothing, and the key that goes with it
// makes it happen once however often it is sent.
import { api, asProblem, once, Problem, type Schema } from "@shuke/api";
import { connected } from "./connection";
import { db, type QueuedSale } from "./db";
import { createStore } from "./store";

export const waitingSales = createStore<QueuedSale[]>([]);

/** Goes up with every sale made alone that the server took and that a manager should look at. */
export const differing = createStore(0);

const underWay = new Set<string>();

async function look() {
  waitingSales.set(await db().sales.orderBy("at").toArray());
}

/** Whether asking again later may be answered otherwise, without anybody doing anything. */
function passes(problem: Problem): boolean {
  return problem.offline || problem.signedOut || problem.status === 429 || problem.status >= 500;
}

/** A sale that the server priced: booked as it was priced, or refused whole. */
async function checkout(key: string, body: Schema<"Checkout">): Promise<Schema<"Order"> | undefined> {
  const signal = AbortSignal.timeout(20_000);
  const { data } = await api.POST("/api/v1/orders", { params: { header: once(key) }, body, signal });
  return data;
}

/** A sale that the till made alone: the server takes it as it was promised, once, by its id. */
async function handOver(till: string, sale: Schema<"OfflineSale">): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  const { data } = await api.POST("/api/v1/offline-sales", { body: { till, sales: [sale] }, signal });
  const received = data?.items[0];
  if (!received?.state) {
    const { code = "internal", detail = "" } = received?.refused ?? {};
    // Only a sale that can never be taken is a refusal; anything else is asked again later.
    const final = code === "offline_sale_malformed" || code === "offline_sale_reused";
    throw new Problem(code, final ? 422 : 503, {
      type: "",
      title: "",
      status: final ? 422 : 503,
      code,
      detail,
    } as never);
  }
  if (received.state === "waiting" || received.state === "booked") differing.set((before) => before + 1);
}

/** Takes off what is known of the buyer's wallet what a sale has spent of it: the next snapshot says it anew. */
async function spent({ offline, body }: QueuedSale): Promise<void> {
  const { member, payments = [] } = offline ?? body ?? {};
  const amount = payments.filter((one) => one.tender === "wallet").reduce((sum, one) => sum + one.amount, 0);
  if (!member || amount === 0) return;
  const known = await db().members.get(member);
  if (known) await db().members.update(member, { wallet: Math.max(0, (known.wallet ?? 0) - amount) });
}

async function post(sale: QueuedSale): Promise<Schema<"Order"> | undefined> {
  underWay.add(sale.id);
  try {
    let order: Schema<"Order"> | undefined;
    if (sale.offline) await handOver(sale.till, sale.offline);
    else if (sale.body) order = await checkout(sale.key, sale.body);
    await db().transaction("rw", db().sales, db().members, async () => {
      await db().sales.delete(sale.id);
      await spent(sale);
    });
    return order;
  } finally {
    underWay.delete(sale.id);
  }
}

export type Sold =
  /** The server has it. */
  | { kind: "done"; order: Schema<"Order"> }
  /** It is safe here and goes to the server by itself. */
  | { kind: "waiting" }
  /** The server refused: nothing was sold. */
  | { kind: "refused"; problem: Problem };

/** Sells: writes the sale down, sends it, and says how it stands. */
export async function sell(sale: QueuedSale): Promise<Sold> {
  await db().sales.put(sale);
  await look();
  try {
    // What the till priced alone goes over by the queue, where nobody waits for it.
    if (!connected.get() || sale.offline) return { kind: "waiting" };
    const order = await post(sale);
    return order ? { kind: "done", order } : { kind: "waiting" };
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.offline || problem.status >= 500) return { kind: "waiting" };
    // Refused while the cashier stands here: the cart is still on the screen, so nothing is left behind.
    await db().sales.delete(sale.id);
    return { kind: "refused", problem };
  } finally {
    await look();
  }
}

/** Sends what waits, the oldest first; what the server refuses is kept and marked for a person. */
export async function flush(): Promise<void> {
  await navigator.locks.request("shuke-till-queue", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    for (const sale of await db().sales.orderBy("at").toArray()) {
      if (sale.state !== "waiting" || underWay.has(sale.id)) continue;
      try {
        await post(sale);
      } catch (thrown) {
        const problem = asProblem(thrown);
        if (passes(problem)) {
          await db().sales.update(sale.id, { tries: sale.tries + 1 });
          return;
        }
        const { code, status, message } = problem;
        await db().sales.update(sale.id, { state: "refused", problem: { code, status, detail: message } });
      } finally {
        await look();
      }
    }
  });
}

/** Lets a refused sale go again as it is: the reason may be gone (a shift was opened, stock came in). */
export async function retry(id: string): Promise<void> {
  await db().sales.update(id, { state: "waiting", problem: undefined });
  await look();
  await flush();
}

/** Takes a refused sale off the list for good. */
export async function discard(id: string): Promise<void> {
  await db().sales.delete(id);
  await look();
}

const AGAIN_EVERY_MS = 15_000;

/** Begins to send what waits: now, whenever the server is back, and every so often. */
export function startQueue(): () => void {
  void look();
  const go = () => {
    if (connected.get()) void flush().catch(() => undefined);
  };
  go();
  const stop = connected.subscribe(go);
  const timer = setInterval(go, AGAIN_EVERY_MS);
  return () => {
    stop();
    clearInterval(timer);
  };
}
