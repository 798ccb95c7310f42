import { useTranslation } from "react-i18next";
import { Empty, Loaded, More, Part, Row } from "../../shared/parts";
import { useLabels, usePen, useShop } from "../../shared/shop";
import { type Movement, useMovements } from "./api";

/** Every movement with its reason; one of a sale leads to its order. */
export function Movements({ kind }: { kind: "points" | "principal" | "bonus" }) {
  const { t } = useTranslation();
  const found = useMovements(kind);
  return (
    <Part title={t("holding.movements")}>
      <Loaded query={found}>
        {(items) => (
          <>
            {items.length === 0 ? <Empty>{t("holding.none")}</Empty> : null}
            <ul className="list">
              {items.map((one, at) => (
                <li key={`${one.source}${one.at}${at}`}>
                  <MovementRow one={one} points={kind === "points"} />
                </li>
              ))}
            </ul>
            <More query={found} />
          </>
        )}
      </Loaded>
    </Part>
  );
}

const ORDERS = ["sale", "claim"];

function MovementRow({ one, points }: { one: Movement; points: boolean }) {
  const pen = usePen();
  const shop = useShop();
  const why = useLabels("why");
  const source = useLabels("source");
  const reason = why(one.why);
  const cause = source(one.source_kind);
  return (
    <Row
      title={reason}
      note={[cause === reason || cause === one.source_kind ? "" : cause, pen.moment(one.at)]
        .filter(Boolean)
        .join(" · ")}
      side={points ? pen.count(one.amount, true) : pen.money(one.amount, true)}
      tone={one.amount > 0 ? "in" : "out"}
      {...(ORDERS.includes(one.source_kind)
        ? { to: "/$merchant/orders/$order", params: { merchant: String(shop.merchant), order: one.source } }
        : {})}
    />
  );
}
