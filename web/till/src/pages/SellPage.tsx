import { asProblem } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { cartStore, emptyCart, isEmpty, PIECE } from "../core/cart";
import { connected } from "../core/connection";
import { findGiftCard } from "../core/GiftCode";
import { TILL_VIEW } from "../core/members";
import { say } from "../core/Notices";
import { signature } from "../core/price";
import { useStore } from "../core/store";
import { useCart } from "../core/useCart";
import { useKeys } from "../core/useKeys";
import { useQuote } from "../core/useQuote";
import { CartView } from "../features/cart/CartView";
import { ExchangeBar } from "../features/cart/ExchangeBar";
import { Gifts } from "../features/cart/Gifts";
import { Problems } from "../features/cart/Problems";
import { Totals } from "../features/cart/Totals";
import { MemberPanel } from "../features/member/MemberPanel";
import type { SaleDone } from "../features/pay/usePay";
import { Search, type SearchHandle } from "../features/search/Search";
import { ShiftMark } from "../features/shift/ShiftMark";
import { useShift } from "../features/shift/useShift";
import { TopBar } from "../features/topbar/TopBar";
import { type Opened, SellDialogs } from "./SellDialogs";
import "./sell.css";

/** The one screen: who is it, what does she pay, next please. */
export function SellPage() {
  const { t } = useTranslation(["app", "ui"]);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const online = useStore(connected);
  const acts = useCart();
  const { cart } = acts;
  const quoting = useQuote(cart);
  const shift = useShift();
  const mayTopUp = useMay("wallet:top-up");
  const search = useRef<SearchHandle>(null);
  const [opened, setOpened] = useState<Opened | undefined>(undefined);
  // Enter may come before the price does: then paying opens with the price.
  const [wants, setWants] = useState<"pay" | "wallet" | "exact" | undefined>(undefined);
  const ready = !quoting.pending && quoting.priced?.of === signature(cart) && cart.lines.length > 0;
  const focus = useCallback(() => search.current?.focus(), []);
  // A dialog has just gone and the field does not take the keys yet.
  const settling = useRef(false);
  const close = useCallback(
    (typed = "") => {
      setOpened(undefined);
      settling.current = true;
      if (typed) search.current?.put(typed);
      requestAnimationFrame(() => {
        focus();
        settling.current = false;
      });
    },
    [focus],
  );
  useEffect(() => {
    if (!wants || quoting.pending) return;
    setWants(undefined);
    if (ready) setOpened({ kind: "pay", how: wants });
  }, [wants, ready, quoting.pending]);
  const pay = (how: "pay" | "wallet" | "exact") => {
    // Asked of the cart itself: the last scan may not be on the screen yet.
    if (cartStore.get().lines.length === 0) return;
    if (shift.needed) {
      say(t("sell.shiftFirst"), "bad");
      void navigate({ to: "/shift" });
    } else setWants(how);
  };
  const hold = () => {
    if (cart.exchange) say(t("exchange.noHold"), "bad");
    else ifOnline(cart.lines.length > 0 ? { kind: "hold" } : { kind: "held" });
  };
  const ifOnline = (open: Opened) => {
    if (online) setOpened(open);
    else say(t("sell.needsServer"), "bad");
  };
  const forMember = (open: Opened) => {
    if (cart.member) ifOnline(open);
    else say(t("sell.memberFirst"), "bad");
  };
  const key = (pressed: string): boolean => {
    if (cart.lines.length === 0) return false;
    if (pressed === "ArrowDown" || pressed === "ArrowUp") acts.step(pressed === "ArrowDown" ? 1 : -1);
    else if (pressed === "+" || pressed === "-") acts.more(pressed === "+" ? PIECE : -PIECE);
    else if (pressed === "Delete") acts.remove(cart.selected);
    else return false;
    return true;
  };
  useKeys({
    F1: focus,
    F2: () => ifOnline({ kind: "enrol", phone: "" }),
    F3: () => forMember({ kind: "topUp" }),
    F4: () => pay("exact"),
    F8: hold,
    F9: () => forMember({ kind: "coupons" }),
    F10: () => pay("wallet"),
    Escape: acts.clear,
  });
  useTypingAnywhere(search, settling);
  const done = useCallback(
    (sold: SaleDone) => {
      cartStore.set(emptyCart());
      setOpened({ kind: "done", done: sold });
      // What the member has is another now.
      void queries.invalidateQueries({ queryKey: TILL_VIEW });
    },
    [queries],
  );
  const sellCard = mayTopUp ? () => ifOnline({ kind: "giftCard" }) : undefined;
  /** A code that may be a gift card's: one that is not sold yet is sold. */
  const cardCode = async (code: string) => {
    if (!mayTopUp || !connected.get()) return false;
    const found = await findGiftCard(code).catch((thrown: unknown) => {
      if (asProblem(thrown).status === 404) return undefined;
      throw thrown;
    });
    if (!found) return false;
    if (found.card.state === "new") setOpened({ kind: "giftCard", found });
    else say(t(`giftCard.not.${found.card.state}`), "bad");
    return true;
  };
  const passAt = (at: number) => {
    if (cart.lines[at]?.pass) acts.pass(at, undefined);
    else forMember({ kind: "pass", at });
  };
  return (
    <div className="till">
      <TopBar shift={<ShiftMark />}>
        <Search
          ref={search}
          onGoods={acts.add}
          onMember={acts.member}
          onQuantity={(milli) => acts.quantity(cart.selected, milli)}
          onEnter={() => pay("pay")}
          onEnrol={(phone) => ifOnline({ kind: "enrol", phone })}
          onCard={cardCode}
          onKey={key}
          onEscape={acts.clear}
        />
      </TopBar>
      <main className="sell">
        <h1 className="hidden">{t("title")}</h1>
        <section className="cart" aria-label={t("cart.title")}>
          <ExchangeBar cart={cart} priced={quoting.priced} onLeave={acts.noExchange} />
          <Problems quoting={quoting} />
          <Gifts quoting={quoting} onGift={acts.gift} />
          <CartView
            cart={cart}
            lines={quoting.priced?.lines}
            stale={quoting.pending}
            onSelect={acts.select}
            onQuantity={acts.quantity}
            onRemove={acts.remove}
            onPass={cart.member && online ? passAt : undefined}
          />
        </section>
        <aside className="member" aria-label={t("member.title")}>
          {cart.member ? (
            <MemberPanel
              cart={cart}
              priced={quoting.priced}
              onLeave={() => acts.member(undefined)}
              onCoupons={() => forMember({ kind: "coupons" })}
              onPoints={() => forMember({ kind: "points" })}
              onTopUp={() => forMember({ kind: "topUp" })}
              onPasses={() => forMember({ kind: "visit" })}
              onSellPass={() => forMember({ kind: "sellPass" })}
              onSellCard={sellCard}
            />
          ) : (
            <div className="empty">
              <p>{t("member.nobody")}</p>
              <button type="button" className="btn" onClick={() => ifOnline({ kind: "enrol", phone: "" })}>
                {t("enrol.title")} <kbd>F2</kbd>
              </button>
              {sellCard ? (
                <button type="button" className="btn" onClick={sellCard}>
                  {t("giftCard.sell")}
                </button>
              ) : null}
            </div>
          )}
        </aside>
      </main>
      <footer className="bottom">
        <Totals quoting={quoting} exchange={cart.exchange} />
        <nav className="keys" aria-label={t("sell.keys")}>
          <button type="button" className="btn" onClick={hold}>
            {cart.lines.length > 0 ? t("held.hold") : t("held.title")} <kbd>F8</kbd>
          </button>
          <button type="button" className="btn" disabled={!cart.member} onClick={() => forMember({ kind: "coupons" })}>
            {t("member.coupons")} <kbd>F9</kbd>
          </button>
          <button
            type="button"
            className="btn"
            disabled={!cart.member || cart.lines.length === 0}
            onClick={() => pay("wallet")}
          >
            {t("member.wallet")} <kbd>F10</kbd>
          </button>
          <button type="button" className="btn" disabled={cart.lines.length === 0} onClick={() => pay("exact")}>
            {t("sell.exact")} <kbd>F4</kbd>
          </button>
          <button type="button" className="btn plain" disabled={isEmpty(cart)} onClick={acts.clear}>
            {t("sell.clear")} <kbd>Esc</kbd>
          </button>
          <button
            type="button"
            className="btn main pay-go"
            disabled={cart.lines.length === 0}
            onClick={() => pay("pay")}
          >
            {t("sell.pay")} <kbd>⏎</kbd>
          </button>
        </nav>
      </footer>
      <SellDialogs opened={opened} quoting={quoting} acts={acts} onClose={close} onDone={done} />
    </div>
  );
}

/**
 * What is typed while nothing that takes text has the focus goes to the search field, and so does what comes
 * in the moment after a dialog: a scan is never lost, and loses no character.
 */
function useTypingAnywhere(search: RefObject<SearchHandle | null>, settling: RefObject<boolean>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
      const at = document.activeElement;
      if (!settling.current && (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement)) return;
      if (event.key === "Enter" && settling.current) {
        event.preventDefault();
        event.stopPropagation();
        search.current?.enter();
      } else if (event.key.length === 1 && event.key !== " ") {
        event.preventDefault();
        search.current?.put(event.key);
        if (!settling.current) search.current?.focus();
      }
    };
    addEventListener("keydown", press, true);
    return () => removeEventListener("keydown", press, true);
  }, [search, settling]);
}
