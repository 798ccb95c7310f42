import { api, asProblem, type Problem } from "@shuke/api";
import { useEffect, useRef, useState } from "react";
import { type Cart, passesOf, wishesOf } from "./cart";
import { connected } from "./connection";
import { heldAlone } from "./members";
import { usePlace } from "./place";
import { type Priced, priceAlone, pricedBy, signature, walletAlone, whyNotAlone } from "./price";
import { alone } from "./snapshot";
import { useStore } from "./store";

const WAIT_MS = 60;

export interface Quoting {
  /** The latest price; of an earlier cart while `pending`. */
  priced?: Priced | undefined;
  /** Whether the price of the present cart is still to come. */
  pending: boolean;
  problem?: Problem | undefined;
  /** Why this cart can't be sold while the server is out of reach. */
  cannotAlone?: ReturnType<typeof whyNotAlone>;
  /** Asks again for the price of the same cart. */
  again: () => void;
}

async function priceHere(cart: Cart): Promise<Pick<Quoting, "priced" | "cannotAlone">> {
  const rules = alone.get();
  const now = Date.now();
  const cannotAlone = whyNotAlone(cart, rules, now);
  if (!rules || cannotAlone) return { cannotAlone };
  const priced = priceAlone(cart, rules, now);
  if (!cart.member) return { priced };
  const held = await heldAlone(cart.member.id);
  const payable = walletAlone(rules.policy, held.wallet, held.waiting, priced.payable);
  return { priced: { ...priced, wallet: { balance: { principal: held.wallet, bonus: 0 }, payable } } };
}

async function ask(cart: Cart, store: string, signal: AbortSignal): Promise<Pick<Quoting, "priced" | "cannotAlone">> {
  const passes = passesOf(cart);
  try {
    const { data } = await api.POST("/api/v1/quotes", {
      body: { ...wishesOf(cart), store, channel: "till", ...(passes.length > 0 ? { passes } : {}) },
      signal,
    });
    if (!data) return {};
    return { priced: pricedBy(data, signature(cart)) };
  } catch (thrown) {
    if (signal.aborted || !asProblem(thrown).offline) throw thrown;
    return priceHere(cart);
  }
}

/** The live price of a cart: asked a moment after the last change, and only the last answer counts. */
export function useQuote(cart: Cart): Quoting {
  const { store } = usePlace();
  const online = useStore(connected);
  const [state, setState] = useState<Omit<Quoting, "pending" | "again"> & { answered?: string | undefined }>({});
  const [round, setRound] = useState(0);
  const latest = useRef(cart);
  latest.current = cart;
  const wanted = signature(cart);
  const id = `${wanted}${round}${online}`;
  const empty = cart.lines.length === 0;
  useEffect(() => {
    if (empty) {
      setState({});
      return undefined;
    }
    const abort = new AbortController();
    const work = async () => {
      try {
        const answer = await (online ? ask(latest.current, store.id, abort.signal) : priceHere(latest.current));
        if (!abort.signal.aborted) setState({ ...answer, answered: id });
      } catch (thrown) {
        if (!abort.signal.aborted)
          setState((before) => ({ priced: before.priced, problem: asProblem(thrown), answered: id }));
      }
    };
    const timer = setTimeout(() => void work(), WAIT_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [id, empty, online, store.id]);
  return {
    priced: empty ? undefined : state.priced,
    problem: state.problem,
    cannotAlone: state.cannotAlone,
    pending: !empty && state.answered !== id,
    again: () => setRound((now) => now + 1),
  };
}
