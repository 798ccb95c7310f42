// What the till takes along for when it is alone: catalogue, prices, the store's latest buyers, what it may
// decide, and a token that says until when. Fetched every few minutes; parts that did not change are not sent.
import { api, type Schema } from "@shuke/api";
import { useEffect } from "react";
import { connected } from "./connection";
import { db, type Goods, keep, kept } from "./db";
import { usePlace } from "./place";
import { createStore, useStore } from "./store";

type Product = Schema<"Product">;

/** The rules that hold while the till is alone. */
export interface Alone {
  token: string;
  /** From this moment on the till may not sell alone, Unix milliseconds. */
  expiresAt: number;
  takenAt: number;
  till: string;
  book: number;
  policy: Schema<"OfflinePolicy">;
  taxMode: Schema<"TaxMode">;
  /** Down to which unit a total is rounded off, in minor units; 1 changes nothing. */
  roundingUnit: number;
}

/** The snapshot's rules; undefined before the first one. */
export const alone = createStore<Alone | undefined>(undefined);

export function goodsOf(product: Product, storePrices: ReadonlyMap<string, number>): Goods[] {
  return product.variants
    .filter((variant) => product.state === "on_sale" && variant.state === "on_sale")
    .map((variant) => ({
      variant: variant.id,
      product: product.id,
      name: variant.name ? `${product.name} ${variant.name}` : product.name,
      initials: product.initials.toLowerCase(),
      sku: variant.sku,
      barcodes: variant.barcodes,
      category: product.category ?? undefined,
      kind: product.kind,
      special: product.special,
      unit: product.unit,
      price: storePrices.get(variant.id) ?? variant.price,
      memberPrice: variant.member_price ?? undefined,
      activity: variant.activity
        ? {
            price: variant.activity.price,
            from: variant.activity.from ?? undefined,
            until: variant.activity.until ?? undefined,
          }
        : undefined,
    }));
}

/** The unit of a merchant's rounding-off, in minor units. */
export function roundingUnit(rounding: Schema<"RoundingOff">, decimals: number): number {
  const whole = 10 ** decimals;
  if (rounding === "yuan") return whole;
  return rounding === "jiao" && decimals > 0 ? whole / 10 : 1;
}

/** Puts a snapshot in place of the one before, in one step. */
async function put(snapshot: Schema<"Snapshot">): Promise<void> {
  const { rules, policy, token, expires_at, issued_at, book, till } = snapshot;
  const before = alone.get();
  const now: Alone = {
    token,
    expiresAt: expires_at,
    takenAt: issued_at,
    till: till.id,
    book,
    policy,
    taxMode: rules?.tax.mode ?? before?.taxMode ?? "none",
    roundingUnit: rules ? roundingUnit(rules.rounding, rules.merchant.decimals) : (before?.roundingUnit ?? 1),
  };
  const prices = new Map((rules?.store_prices ?? []).map((one) => [one.variant, one.price]));
  await db().transaction("rw", db().goods, db().members, db().kept, async () => {
    if (rules) {
      await db().goods.clear();
      await db().goods.bulkPut(rules.products.flatMap((product) => goodsOf(product, prices)));
    }
    await db().members.bulkPut(
      snapshot.members.map(({ member, initials, wallet, points }) => ({
        id: member.id,
        number: member.number,
        name: member.name ?? undefined,
        phone: member.phone ?? undefined,
        initials: initials ?? undefined,
        seenAt: issued_at,
        brief: member,
        wallet,
        points,
      })),
    );
    await keep("alone", now);
  });
  alone.set(now);
}

/** Fetches what changed since the last snapshot. */
export async function refreshSnapshot(till: string): Promise<void> {
  const before = alone.get();
  // Another till is another snapshot.
  const known = before?.till === till ? before : undefined;
  const { data, response } = await api.GET("/api/v1/tills/{id}/snapshot", {
    params: { path: { id: till }, query: known ? { book: known.book } : {} },
  });
  if (!data) return;
  // The body may come out of the browser's cache; the token in the header is always today's.
  const [token, expires] = (response.headers.get("shuke-snapshot") ?? "").split(";");
  await put(token && expires ? { ...data, token, expires_at: Number(expires) } : data);
}

const EVERY_MS = 3 * 60_000;

/** Keeps the snapshot fresh while the server answers; what was kept before is there at once. */
export function useSnapshot(): void {
  const { till } = usePlace();
  const online = useStore(connected);
  useEffect(() => {
    let left = false;
    const go = async () => {
      if (!alone.get()) alone.set(await kept<Alone>("alone"));
      if (left || !connected.get()) return;
      try {
        await refreshSnapshot(till.id);
      } catch {
        // The one that is kept goes on being used.
      }
    };
    void go();
    const timer = online ? setInterval(() => void go(), EVERY_MS) : undefined;
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [till.id, online]);
}
