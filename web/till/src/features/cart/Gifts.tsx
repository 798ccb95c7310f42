import { useEffect, useState } from "react";
import { type CartLine, PIECE } from "../../core/cart";
import { db, type Goods } from "../../core/db";
import { useWriting } from "../../core/format";
import type { Quoting } from "../../core/useQuote";

interface Choice {
  offer: string;
  name: string;
  left: number;
  gifts: { goods: Goods; pieces: number }[];
}

/** Gifts that the cart has earned and that nobody has chosen yet. */
export function Gifts({
  quoting,
  onGift,
}: {
  quoting: Quoting;
  onGift: (goods: Goods, line: Pick<CartLine, "gift" | "quantityMilli">) => void;
}) {
  const { t } = useWriting();
  const [choices, setChoices] = useState<Choice[]>([]);
  const offers = quoting.priced?.reply?.quote.offers;
  useEffect(() => {
    let left = false;
    const look = async () => {
      const found: Choice[] = [];
      for (const offer of offers ?? []) {
        const open = (offer.gifts?.choose ?? 0) - (offer.gifts?.chosen ?? 0);
        if (open <= 0) continue;
        // The document's schema of a gift here: which variant, and how many pieces.
        const gifts = (offer.gifts?.gifts ?? []) as unknown as { variant: string; pieces: number }[];
        const goods = await db().goods.bulkGet(gifts.map((gift) => gift.variant));
        found.push({
          offer: offer.offer,
          name: offer.name,
          left: open,
          gifts: gifts.flatMap(({ pieces }, at) => {
            const one = goods[at];
            return one ? [{ goods: one, pieces }] : [];
          }),
        });
      }
      if (!left) setChoices(found.filter((choice) => choice.gifts.length > 0));
    };
    void look();
    return () => {
      left = true;
    };
  }, [offers]);
  return (
    <>
      {choices.map((choice) => (
        <fieldset key={choice.offer} className="choices say">
          <legend>{t("cart.gifts", { name: choice.name, count: choice.left })}</legend>
          {choice.gifts.map(({ goods, pieces }) => (
            <button
              type="button"
              key={goods.variant}
              className="btn small"
              onClick={() => onGift(goods, { gift: choice.offer, quantityMilli: pieces * PIECE })}
            >
              {goods.name}
            </button>
          ))}
        </fieldset>
      ))}
    </>
  );
}
