import { useTranslation } from "react-i18next";
import { GiftCode } from "../../core/GiftCode";
import type { PayingCard } from "./model";

/** Finds a gift card by its code; it pays what it holds, or what is left to pay. */
export function GiftCardField({
  rest,
  taken,
  onCard,
  onClose,
}: {
  rest: number;
  taken: PayingCard[];
  onCard: (card: PayingCard) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <GiftCode
      submit={t("pay.cardUse")}
      onClose={onClose}
      onFound={({ card, ending }) => {
        if (taken.some((one) => one.card === card.id)) return t("pay.cardTwice");
        if (card.state !== "active" || card.balance <= 0) return t("pay.cardEmpty");
        onCard({ card: card.id, ending, amount: Math.min(rest, card.balance) });
        return undefined;
      }}
    />
  );
}
