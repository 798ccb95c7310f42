import { api, asProblem, newKey, once, Problem, type Schema } from "@shuke/api";
import { useWho } from "@shuke/ui";
import { useRef, useState } from "react";
import { type Cart, linesOf, passesOf } from "../../core/cart";
import type { ShownSale } from "../../core/db";
import { usePlace } from "../../core/place";
import type { Priced } from "../../core/price";
import { sell } from "../../core/queue";
import { alone } from "../../core/snapshot";
import type { Paying, PayingCard } from "./model";

export interface SaleDone {
  order?: Schema<"Order"> | undefined;
  id: string;
  at: number;
  change: number;
  total: number;
  shown: ShownSale;
  /** What of goods that came back went out, in an exchange. */
  givenBack?: Schema<"Payment">[] | undefined;
}

interface Ask {
  payments: Paying[];
  cards: PayingCard[];
  received?: number | undefined;
  change: number;
  proof?: string | undefined;
  /** A second person's yes to what an exchange gives back. */
  approval?: string | undefined;
}

function bodyOf(cart: Cart, priced: Priced, ask: Ask, place: { store: string; till: string }): Schema<"Checkout"> {
  const passes = passesOf(cart);
  const prepaid = {
    passes,
    gift_cards: ask.cards.map(({ card, amount }) => ({ card, amount })),
  };
  return {
    id: cart.id,
    channel: "till",
    store: place.store,
    till: place.till,
    lines: linesOf(cart),
    coupons: cart.coupons,
    points: cart.points,
    expected_total: priced.payable,
    payments: ask.payments as Schema<"Payment">[],
    ...(cart.member ? { member: cart.member.id } : {}),
    ...(passes.length > 0 || ask.cards.length > 0 ? { prepaid } : {}),
    ...(ask.proof ? { identity: { proof: ask.proof, used_by: null } } : {}),
  };
}

/** What the till promised alone. */
function promiseOf(cart: Cart, priced: Priced, ask: Ask, token: string, at: number): Schema<"OfflineSale"> {
  return {
    id: cart.id,
    at,
    snapshot: token,
    lines: cart.lines.map((line, index) => {
      const price = priced.lines[index];
      return {
        variant: line.variant,
        quantity_milli: line.quantityMilli,
        unit_price: price?.unitPrice ?? 0,
        gross: price?.gross ?? 0,
        net: price?.net ?? 0,
      };
    }),
    payments: ask.payments as Schema<"Payment">[],
    total: priced.payable,
    ...(cart.member ? { member: cart.member.id } : {}),
  };
}

/** Exchanges: what comes back and what goes out are one write. It needs the server, so it does not wait in the queue. */
async function swap(cart: Cart, sale: Schema<"Checkout">, approval: string | undefined) {
  const { exchange } = cart;
  if (!exchange) return undefined;
  const refund = { ...exchange.refund, till: sale.till ?? null, ...(approval ? { approval } : {}) };
  const { data } = await api.POST("/api/v1/exchanges", {
    params: { header: once(exchange.id) },
    body: { id: exchange.id, refund, sale },
  });
  return data;
}

/** Sells a cart, once however often it is asked for. */
export function usePay(cart: Cart, priced: Priced, onDone: (done: SaleDone) => void) {
  const who = useWho();
  const { store, till } = usePlace();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const running = useRef(false);
  const pay = async (ask: Ask) => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    const shown: ShownSale = {
      lines: cart.lines.map((line, at) => ({
        name: line.name,
        quantityMilli: line.quantityMilli,
        net: priced.lines[at]?.net ?? 0,
      })),
      total: priced.payable,
      member: cart.member?.name ?? cart.member?.number,
      received: ask.received,
      payments: ask.payments,
      by: who.name,
    };
    const at = Date.now();
    try {
      if (cart.exchange) {
        const body = bodyOf(cart, priced, ask, { store: store.id, till: till.id });
        const swapped = await swap(cart, body, ask.approval);
        if (swapped)
          onDone({
            id: cart.id,
            at,
            order: swapped.order,
            change: ask.change,
            total: swapped.exchange.paid,
            shown,
            givenBack: swapped.given_back,
          });
        return;
      }
      const token = alone.get()?.token ?? "";
      const sold = await sell({
        id: cart.id,
        key: newKey(),
        state: "waiting",
        at,
        till: till.id,
        ...(priced.reply
          ? { body: bodyOf(cart, priced, ask, { store: store.id, till: till.id }) }
          : { offline: promiseOf(cart, priced, ask, token, at) }),
        shown,
        tries: 0,
      });
      if (sold.kind === "refused") setProblem(sold.problem);
      else
        onDone({
          id: cart.id,
          at,
          order: sold.kind === "done" ? sold.order : undefined,
          change: ask.change,
          total: priced.payable,
          shown,
        });
    } catch (thrown) {
      if (cart.exchange) return setProblem(asProblem(thrown));
      // The sale could not even be written down: nothing was sent, nothing was sold.
      setProblem(new Problem("internal", 0, undefined, undefined, thrown));
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { pay, busy, problem, clear: () => setProblem(undefined) };
}
