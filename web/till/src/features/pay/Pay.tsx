import { useCurrency } from "@shuke/ui";
import { MoneyInput, ProblemNotice } from "@shuke/ui/antd";
import type { InputRef } from "antd";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Approve } from "../../core/Approve";
import { type Cart, carriedOver, givenUp } from "../../core/cart";
import { connected } from "../../core/connection";
import { useWriting } from "../../core/format";
import { Panel } from "../../core/Panel";
import type { Priced } from "../../core/price";
import { useStore } from "../../core/store";
import { GiftCardField } from "./GiftCard";
import { IdentityProof } from "./Identity";
import {
  cashOver,
  likelyNotes,
  type Paying,
  type PayingCard,
  type PayTender,
  restOf,
  tendersFor,
  withPayment,
} from "./model";
import { type SaleDone, usePay } from "./usePay";
import "./pay.css";

/** One key per tender: letters are no part of an amount, so they work while an amount is typed. */
const KEYS: Record<string, PayTender> = {
  c: "cash",
  w: "wechat_pay",
  a: "alipay",
  k: "bank_card",
  v: "wallet",
  o: "other",
};
const keyOf = (tender: PayTender) =>
  Object.entries(KEYS)
    .find(([, one]) => one === tender)?.[0]
    ?.toUpperCase() ?? "";

interface Props {
  cart: Cart;
  priced: Priced;
  /** `wallet` fills the wallet in at once, `exact` takes the whole in cash without asking. */
  how: "pay" | "wallet" | "exact";
  /** Whether the price shown is still that of the cart. */
  stale: boolean;
  onDone: (done: SaleDone) => void;
  onClose: () => void;
  /** The price is another now: ask again. */
  onPriceChanged: () => void;
}

/** Paying: what is due in large type, tenders beside it, Enter takes the rest in cash. */
export function Pay({ cart, priced, how, stale, onDone, onClose, onPriceChanged }: Props) {
  const { t, money } = useWriting();
  const currency = useCurrency();
  const online = useStore(connected);
  const most = priced.wallet?.payable ?? 0;
  const before = carriedOver(cart.exchange, priced.payable - priced.paidByPasses);
  const [payments, setPayments] = useState<Paying[]>(() =>
    how === "wallet" && most > 0
      ? withPayment([], "wallet", Math.min(most, restOf({ ...priced, carried: before, payments: [], cards: [] })))
      : [],
  );
  const [cards, setCards] = useState<PayingCard[]>([]);
  const [amount, setAmount] = useState<number | null>(null);
  const [received, setReceived] = useState<number | undefined>(undefined);
  const [cardOpen, setCardOpen] = useState(false);
  const field = useRef<InputRef>(null);
  const go = useRef<HTMLButtonElement>(null);
  const { pay, busy, problem, clear } = usePay(cart, priced, onDone);
  const byCards = cards.reduce((sum, one) => sum + one.amount, 0);
  const carried = carriedOver(cart.exchange, priced.payable - priced.paidByPasses - byCards);
  const givesBack = givenUp(cart.exchange) - carried;
  const rest = restOf({ payable: priced.payable, paidByPasses: priced.paidByPasses, carried, payments, cards });
  const { code } = problem ?? {};
  useEffect(() => {
    if (code === "price_changed" || code === "gift_not_earned" || code === "offer_budget_exhausted") onPriceChanged();
  }, [code, onPriceChanged]);
  const due = priced.payable;
  // Another price makes payments wrong that come to more than it.
  useEffect(() => {
    setPayments((before) => (before.reduce((sum, one) => sum + one.amount, 0) > due ? [] : before));
  }, [due]);
  useEffect(() => {
    if (rest > 0) field.current?.focus();
    else go.current?.focus();
  }, [rest]);
  const begun = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the dialog opens
  useEffect(() => {
    if (how !== "exact" || begun.current) return;
    begun.current = true;
    if (rest > 0) take("cash");
  }, []);
  const take = (tender: PayTender) => {
    if (busy || rest <= 0) return;
    clear();
    const wanted = amount ?? rest;
    if (tender === "cash") {
      const { pays, change } = cashOver(rest, amount ?? undefined);
      const next = withPayment(payments, "cash", pays);
      setAmount(null);
      setReceived(change > 0 ? pays + change : undefined);
      setPayments(next);
      // Cash that covers the rest ends it: nothing is left to decide.
      if (pays === rest) void pay({ payments: next, cards, received: pays + change, change });
      return;
    }
    const bounded = tender === "wallet" ? Math.min(wanted, rest, most) : Math.min(wanted, rest);
    setPayments(withPayment(payments, tender, bounded));
    setAmount(null);
  };
  const confirm = (proof?: string, approval?: string) => {
    if (rest !== 0) return;
    const cash = payments.find((one) => one.tender === "cash")?.amount ?? 0;
    const change = received === undefined ? 0 : Math.max(0, received - cash);
    void pay({ payments, cards, received, change, proof, approval });
  };
  const press = (event: KeyboardEvent) => {
    const tender = KEYS[event.key.toLowerCase()];
    if (
      event.ctrlKey ||
      event.altKey ||
      event.metaKey ||
      cardOpen ||
      code === "identity_needed" ||
      code === "proof_invalid"
    )
      return;
    if (event.key === "F10") {
      event.preventDefault();
      take("wallet");
    } else if (tender && tendersFor(most).includes(tender)) {
      event.preventDefault();
      take(tender);
    } else if (event.key.toLowerCase() === "g" && online) {
      event.preventDefault();
      setCardOpen(true);
    }
  };
  if (problem && cart.member && (code === "identity_needed" || code === "proof_invalid"))
    return (
      <Panel key="identity" title={t("identity.title")} onClose={onClose}>
        <IdentityProof member={cart.member.id} order={cart.id} problem={problem} onProof={(proof) => confirm(proof)} />
      </Panel>
    );
  return (
    <Panel key="pay" title={t("pay.title")} onClose={onClose} wide locked={busy}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole dialog */}
      <div className="pay" onKeyDown={press}>
        <section className="due" aria-live="polite">
          <p>{t("pay.due")}</p>
          <p className="huge figure">{money(rest)}</p>
          <p>
            {t("pay.total")} <b className="figure">{money(priced.payable)}</b>
            {priced.paidByPasses > 0 ? ` · ${t("total.passes")} ${money(priced.paidByPasses)}` : ""}
            {carried > 0 ? ` · ${t("exchange.carried")} ${money(carried)}` : ""}
          </p>
          <ul className="payments">
            {payments.map((one) => (
              <li key={one.tender}>
                <span className="grow">{t(`tender.${one.tender}`)}</span>
                <b className="figure">{money(one.amount)}</b>
                <button
                  type="button"
                  className="btn plain small"
                  disabled={busy}
                  aria-label={t("pay.takeOff", { tender: t(`tender.${one.tender}`) })}
                  onClick={() => setPayments(payments.filter((other) => other !== one))}
                >
                  ✕
                </button>
              </li>
            ))}
            {cards.map((one) => (
              <li key={one.card}>
                <span className="grow">{t("pay.cardEnding", { ending: one.ending })}</span>
                <b className="figure">{money(one.amount)}</b>
                <button
                  type="button"
                  className="btn plain small"
                  disabled={busy}
                  aria-label={t("pay.takeOff", { tender: t("tender.gift_card") })}
                  onClick={() => setCards(cards.filter((other) => other !== one))}
                >
                  ✕
                </button>
              </li>
            ))}
          </ul>
          {!priced.reply || !online ? <p className="warn">{t(most > 0 ? "pay.aloneWallet" : "pay.alone")}</p> : null}
        </section>
        <section className="tenders">
          <ProblemNotice error={problem} />
          {code === "price_changed" && !stale ? <p>{t("pay.newPrice", { price: money(priced.payable) })}</p> : null}
          {rest > 0 ? (
            <>
              <label>
                {t("pay.amount")}
                <MoneyInput
                  ref={field}
                  currency={currency}
                  size="large"
                  value={amount}
                  onChange={setAmount}
                  placeholder={money(rest)}
                  onKeyDown={(event) => {
                    if (event.key !== "Enter") return;
                    event.preventDefault();
                    if (event.currentTarget.value.trim() === "" || amount !== null) take("cash");
                  }}
                />
              </label>
              <div className="choices">
                {likelyNotes(rest, currency.decimals).map((note) => (
                  <button type="button" key={note} className="btn" onClick={() => setAmount(note)}>
                    {money(note)}
                  </button>
                ))}
              </div>
              <div className="choices">
                {tendersFor(most).map((tender) => (
                  <button
                    type="button"
                    key={tender}
                    className={`btn${tender === "cash" ? " main" : ""}`}
                    disabled={busy || stale}
                    onClick={() => take(tender)}
                  >
                    {t(`tender.${tender}`)} {tender === "wallet" ? <small>{money(most)}</small> : null}{" "}
                    <kbd>{tender === "wallet" ? "F10" : keyOf(tender)}</kbd>
                  </button>
                ))}
                {online ? (
                  <button type="button" className="btn" disabled={busy} onClick={() => setCardOpen(true)}>
                    {t("tender.gift_card")} <kbd>G</kbd>
                  </button>
                ) : null}
              </div>
              {cardOpen ? (
                <GiftCardField
                  rest={rest}
                  taken={cards}
                  onCard={(card) => {
                    setCards([...cards, card]);
                    setCardOpen(false);
                  }}
                  onClose={() => setCardOpen(false)}
                />
              ) : null}
            </>
          ) : code === "approval_needed" && cart.exchange ? (
            <Approve
              order={cart.exchange.refund.order}
              amount={givesBack}
              reason={cart.exchange.refund.reason}
              onApproved={(approval) => confirm(undefined, approval)}
            />
          ) : (
            <button ref={go} type="button" className="btn main huge" disabled={busy || stale} onClick={() => confirm()}>
              {busy
                ? t("ui:state.saving")
                : givesBack > 0
                  ? t("exchange.confirm", { amount: money(givesBack) })
                  : t("pay.confirm", { total: money(priced.payable - carried) })}{" "}
              <kbd>⏎</kbd>
            </button>
          )}
        </section>
      </div>
    </Panel>
  );
}
