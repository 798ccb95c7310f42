import { useTranslation } from "react-i18next";
import { cartStore } from "../core/cart";
import type { FoundCard } from "../core/GiftCode";
import { say } from "../core/Notices";
import { signature } from "../core/price";
import type { useCart } from "../core/useCart";
import type { Quoting } from "../core/useQuote";
import { SellGiftCard } from "../features/gift/SellGiftCard";
import { HeldCarts, Hold } from "../features/held/Held";
import { CouponChoices, PassChoices, PointsChoices } from "../features/member/Choices";
import { Enrol } from "../features/member/Enrol";
import { PassVisit } from "../features/pass/PassVisit";
import { SellPass } from "../features/pass/SellPass";
import { Done } from "../features/pay/Done";
import { Pay } from "../features/pay/Pay";
import type { SaleDone } from "../features/pay/usePay";
import { TopUp } from "../features/topup/TopUp";

/** What has the attention over the sale; at most one. */
export type Opened =
  | { kind: "pay"; how: "pay" | "wallet" | "exact" }
  | { kind: "done"; done: SaleDone }
  | { kind: "hold" }
  | { kind: "held" }
  | { kind: "enrol"; phone: string }
  | { kind: "topUp" }
  | { kind: "giftCard"; found?: FoundCard }
  | { kind: "coupons" }
  | { kind: "points" }
  | { kind: "visit" }
  | { kind: "sellPass" }
  | { kind: "pass"; at: number };

interface Props {
  opened: Opened | undefined;
  quoting: Quoting;
  acts: ReturnType<typeof useCart>;
  /** Closes; what was typed for the next customer goes on. */
  onClose: (typed?: string) => void;
  onDone: (done: SaleDone) => void;
}

export function SellDialogs({ opened, quoting, acts, onClose, onDone }: Props) {
  const { t } = useTranslation(["app", "ui"]);
  const { cart } = acts;
  const { priced } = quoting;
  // A button's click is nothing typed.
  const shut = () => onClose();
  if (!opened) return null;
  switch (opened.kind) {
    case "pay":
      return priced ? (
        <Pay
          cart={cart}
          priced={priced}
          how={opened.how}
          stale={quoting.pending || priced.of !== signature(cart)}
          onDone={onDone}
          onClose={shut}
          onPriceChanged={quoting.again}
        />
      ) : null;
    case "done":
      return <Done done={opened.done} onNext={onClose} />;
    case "hold":
      return (
        <Hold
          cart={cart}
          onDone={() => {
            shut();
            acts.empty();
            say(t("held.done"), "good");
          }}
          onClose={shut}
        />
      );
    case "held":
      return (
        <HeldCarts
          onResume={(resumed, gone) => {
            cartStore.set(resumed);
            if (gone > 0) say(t("held.gone", { count: gone }), "bad");
            shut();
          }}
          onClose={shut}
        />
      );
    case "enrol":
      return (
        <Enrol
          phone={opened.phone}
          onDone={(member) => {
            acts.member(member);
            say(t("enrol.done", { number: member.number }), "good");
            shut();
          }}
          onClose={shut}
        />
      );
    case "topUp":
      return cart.member ? <TopUp member={cart.member} onClose={shut} /> : null;
    case "giftCard":
      return <SellGiftCard found={opened.found} buyer={cart.member} onClose={shut} />;
    case "sellPass":
      return cart.member ? <SellPass member={cart.member} onClose={shut} /> : null;
    case "visit":
      return cart.member ? <PassVisit member={cart.member} onClose={shut} /> : null;
    case "coupons":
      return (
        <CouponChoices
          cart={cart}
          priced={priced}
          onChange={(coupons) => cartStore.set((now) => ({ ...now, coupons }))}
          onClaimed={quoting.again}
          onClose={shut}
        />
      );
    case "points":
      return (
        <PointsChoices
          cart={cart}
          priced={priced}
          onChange={(points) => cartStore.set((now) => ({ ...now, points }))}
          onClose={shut}
        />
      );
    case "pass":
      return <PassChoices cart={cart} at={opened.at} onChange={(pass) => acts.pass(opened.at, pass)} onClose={shut} />;
  }
}
