import { type Cart, carriedOver, givenUp } from "../../core/cart";
import { pieces, useWriting } from "../../core/format";
import type { Priced } from "../../core/price";

/** What comes back for the goods in the cart, and what that leaves to pay or to give back. */
export function ExchangeBar({
  cart,
  priced,
  onLeave,
}: {
  cart: Cart;
  priced: Priced | undefined;
  onLeave: () => void;
}) {
  const { t, money } = useWriting();
  const { exchange } = cart;
  if (!exchange) return null;
  const back = givenUp(exchange);
  const due = priced && cart.lines.length > 0 ? priced.payable - priced.paidByPasses : 0;
  const carried = carriedOver(exchange, due);
  return (
    <section className="say exchange" aria-label={t("exchange.title")}>
      <div className="grow">
        <h3>{t("exchange.of", { number: exchange.number })}</h3>
        <p>
          {exchange.goods.map((one) => `${one.name} × ${pieces(one.quantityMilli)}`).join(" · ")}{" "}
          <b className="figure">{money(back)}</b>
        </p>
        <p>
          {cart.lines.length === 0
            ? t("exchange.scan")
            : due > carried
              ? t("exchange.pay", { amount: money(due - carried) })
              : back > carried
                ? t("exchange.giveBack", { amount: money(back - carried) })
                : t("exchange.even")}
        </p>
      </div>
      <button type="button" className="btn small" onClick={onLeave}>
        {t("exchange.leave")}
      </button>
    </section>
  );
}
