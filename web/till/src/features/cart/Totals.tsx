import { carriedOver, type Exchanging } from "../../core/cart";
import { useWriting } from "../../core/format";
import type { Quoting } from "../../core/useQuote";

const STAGES = ["activity", "member", "threshold", "coupon", "points", "rounding"] as const;

/** What is to be paid, and how it came about. */
export function Totals({ quoting, exchange }: { quoting: Quoting; exchange: Exchanging | undefined }) {
  const { t, money } = useWriting();
  const { priced } = quoting;
  const stages = STAGES.map((stage) => ({
    stage,
    amount:
      priced?.lines.reduce(
        (sum, line) =>
          sum + line.parts.filter((part) => part.stage === stage).reduce((all, part) => all + part.amount, 0),
        0,
      ) ?? 0,
  })).filter(({ amount }) => amount > 0);
  const due = priced ? priced.payable - priced.paidByPasses : 0;
  const carried = carriedOver(exchange, due);
  return (
    <section className="totals" aria-label={t("total.title")} aria-busy={quoting.pending}>
      <span>
        {t("total.toPay")} <strong className="figure">{money(priced ? priced.payable - carried : 0)}</strong>
      </span>
      {priced && priced.saved > 0 ? (
        <details>
          <summary>
            {t("total.saved")} <b className="figure">{money(priced.saved)}</b>
          </summary>
          <ul>
            {stages.map(({ stage, amount }) => (
              <li key={stage}>
                {t(`partOf.${stage}`)} <b className="figure">{money(-amount)}</b>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {carried > 0 ? (
        <span>
          {t("exchange.carried")} <b className="figure">{money(carried)}</b>
        </span>
      ) : null}
      {priced && priced.paidByPasses > 0 ? (
        <span>
          {t("total.passes")} <b className="figure">{money(priced.paidByPasses)}</b>
        </span>
      ) : null}
      {priced && priced.taxMode !== "none" ? (
        <span>
          {t(priced.taxMode === "exclusive" ? "total.taxOnTop" : "total.taxIn")}{" "}
          <b className="figure">{money(priced.tax)}</b>
        </span>
      ) : null}
      {priced?.earns ? (
        <span>
          {t("total.earns")} <b className="figure">{priced.earns}</b>
        </span>
      ) : null}
      {priced && !priced.reply ? <span className="warn">{t("total.alone")}</span> : null}
    </section>
  );
}
