import { useTranslation } from "react-i18next";
import type { Assets } from "../../shared/assets";
import { Empty, Ends, Part, Row } from "../../shared/parts";
import { usePen } from "../../shared/shop";

/** What ends when, the soonest first. */
export function Lots({ assets, kinds }: { assets: Assets; kinds: string[] }) {
  const { t } = useTranslation();
  const pen = usePen();
  const lots = assets.lots.filter((lot) => kinds.includes(lot.kind));
  const name = (kind: string) =>
    kind === "principal" ? t("holding.principal") : kind === "bonus" ? t("holding.bonus") : "";
  return (
    <Part title={t("holding.lots")}>
      {lots.length === 0 ? <Empty>{t("holding.lotsNone")}</Empty> : null}
      <ul className="list">
        {lots.map((lot) => (
          <li key={lot.id}>
            <Row
              title={lot.kind === "points" ? t("points.of", { n: pen.count(lot.remaining) }) : pen.money(lot.remaining)}
              note={
                lot.available_at > Date.now()
                  ? t("holding.availableFrom", { at: pen.moment(lot.available_at) })
                  : name(lot.kind)
              }
              sideNote={<Ends on={lot.expires_on} />}
            />
          </li>
        ))}
      </ul>
    </Part>
  );
}

interface Balance {
  available: number;
  pending: number;
  held: number;
  debt: number;
}

/** The large figure of a page, and what of it can't be used now. */
export function Figure({
  value,
  balance,
  write,
}: {
  value: string;
  balance: Balance;
  write: (value: number) => string;
}) {
  const { t } = useTranslation();
  const parts = [
    [t("holding.pending"), balance.pending],
    [t("holding.held"), balance.held],
    [t("holding.debt"), balance.debt],
  ] as const;
  return (
    <div className="figure">
      <span className="figure-label">{t("holding.available")}</span>
      <strong>{value}</strong>
      {parts
        .filter(([, amount]) => amount > 0)
        .map(([label, amount]) => (
          <span key={label} className="row-note">
            {label} {write(amount)}
          </span>
        ))}
      {balance.debt > 0 ? <span className="row-note">{t("holding.debtHint")}</span> : null}
    </div>
  );
}
