import { newKey, Problem, type Schema } from "@shuke/api";
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
  change: number;
  total: number;
  shown: ShownSale;
}

interface Ask {
  payments: Paying[];
  cards: PayingCard[];
  received?: number | undefined;
  change: number;
  proof?: string | undefined;
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
      by: who.name,
    };
    try {
      const at = Date.now();
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
          order: sold.kind === "done" ? sold.order : undefined,
          change: ask.change,
          total: priced.payable,
          shown,
        });
    } catch (thrown) {
      // The sale could not even be written down: nothing was sent, nothing was sold.
      setProblem(new Problem("internal", 0, undefined, undefined, thrown));
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { pay, busy, problem, clear: () => setProblem(undefined) };
}
