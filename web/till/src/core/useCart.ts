import { useTranslation } from "react-i18next";
import {
  type Brief,
  cartStore,
  clearCart,
  clearedCart,
  emptyCart,
  isEmpty,
  withGift,
  withGoods,
  withMember,
  withoutLine,
  withPass,
  withQuantity,
} from "./cart";
import type { Goods } from "./db";
import { remember } from "./members";
import { say } from "./Notices";
import { useStore } from "./store";

/** The cart and what can be done with it. */
export function useCart() {
  const { t } = useTranslation(["app", "ui"]);
  const cart = useStore(cartStore);
  return {
    cart,
    add: (goods: Goods, milli?: number) => cartStore.set((now) => withGoods(now, goods, milli)),
    gift: (goods: Goods, line: Parameters<typeof withGift>[2]) => cartStore.set((now) => withGift(now, goods, line)),
    select: (at: number) => cartStore.set((now) => ({ ...now, selected: at })),
    step: (by: number) =>
      cartStore.set((now) => ({
        ...now,
        selected: Math.max(0, Math.min(now.lines.length - 1, now.selected + by)),
      })),
    quantity: (at: number, milli: number) => cartStore.set((now) => withQuantity(now, at, milli)),
    more: (milli: number) =>
      cartStore.set((now) => withQuantity(now, now.selected, (now.lines[now.selected]?.quantityMilli ?? 0) + milli)),
    remove: (at: number) => cartStore.set((now) => withoutLine(now, at)),
    pass: (at: number, pass: { id: string; name: string } | undefined) =>
      cartStore.set((now) => withPass(now, at, pass)),
    member: (member: Brief | undefined) => {
      const { exchange } = cartStore.get();
      if (exchange?.member && exchange.member !== member?.id) return say(t("exchange.sameMember"), "bad");
      cartStore.set((now) => withMember(now, member));
      if (member) void remember(member).catch(() => undefined);
    },
    noExchange: () => cartStore.set(({ exchange: _, ...now }) => ({ ...now, coupons: { kind: "auto" } })),
    /** A clean till, nothing to be had back: the cart is somewhere else now. */
    empty: () => cartStore.set(emptyCart()),
    /** A clean till; the corner offers the cart back. */
    clear: () => {
      if (isEmpty(cartStore.get())) return;
      clearCart();
      say(t("sell.cleared"), "said", {
        label: t("ui:do.undo"),
        act: () => {
          const before = clearedCart.get();
          if (before && isEmpty(cartStore.get())) cartStore.set(before);
        },
      });
    },
  };
}
