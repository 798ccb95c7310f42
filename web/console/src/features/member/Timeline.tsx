import type { Schema } from "@shuke/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useAccountAmount } from "../../parts/DayLedger";
import { useFormat, useLabel } from "../../parts/format";
import { useTierName } from "../../parts/refs";

type Happening = Schema<"Happening">;

/** What happened between the shop and a member, in words and money, newest first. */
export function Timeline({ happened, length }: { happened: Happening[]; length?: number }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  if (happened.length === 0) return <p className="help">{t("ui:state.empty")}</p>;
  return (
    <ol className="timeline">
      {happened.slice(0, length).map((one, at) => (
        // Two things may happen at one moment; the list never changes in place.
        <li key={`${one.at}${one.kind}${one.what}${at}`}>
          <time>{f.moment(one.at)}</time> <Said one={one} />
        </li>
      ))}
    </ol>
  );
}

function Said({ one }: { one: Happening }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const tierName = useTierName();
  switch (one.kind) {
    case "joined":
      return (
        <>
          {one.what
            ? t("member.told.joinedBy", { source: label("memberSource", one.what) })
            : label("happening", "joined")}
        </>
      );
    case "order":
      return (
        <>
          {t("member.told.order", { money: f.money(one.amount) })}{" "}
          {one.order && (
            <Link to="/sales/orders/$id" params={{ id: one.order }}>
              {one.what}
            </Link>
          )}
          <Moves one={one} />
        </>
      );
    case "contact":
      return (
        <>
          {label("happening", "contact")} {one.what} <small>{label("contactOutcome", one.outcome)}</small>
        </>
      );
    case "stage":
      return <>{t("member.told.stage", { stage: label("stage", one.what) })}</>;
    case "tier":
      return (
        <>
          {label("tierChange", one.what)} {one.tier ? tierName(one.tier) : t("member.tierNone")}
        </>
      );
    case "value":
      return (
        <>
          {label("source", one.what)}
          <Moves one={one} />
        </>
      );
  }
}

/** What it gave and took: 积分 +218 · 储值本金 −¥50.00. */
function Moves({ one }: { one: Happening }) {
  const label = useLabel();
  const write = useAccountAmount();
  if (!one.moves || one.moves.length === 0) return null;
  const sums = new Map<Schema<"AccountKind">, number>();
  for (const moved of one.moves) sums.set(moved.account, (sums.get(moved.account) ?? 0) + moved.amount);
  const told = [...sums].filter(([, amount]) => amount !== 0);
  return (
    <small className="moves">
      {told.map(([account, amount]) => `${label("account", account)} ${write(account, amount, true)}`).join(" · ")}
    </small>
  );
}
