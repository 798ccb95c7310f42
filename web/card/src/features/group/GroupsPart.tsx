import { useTranslation } from "react-i18next";
import { Part, Row } from "../../shared/parts";
import { usePen, useShop } from "../../shared/shop";
import { useGroups } from "./groups";

/** What a family or a company holds together; nothing where the member belongs to none. */
export function GroupsPart() {
  const { t } = useTranslation();
  const pen = usePen();
  const { merchant } = useShop();
  const { data = [] } = useGroups();
  if (data.length === 0) return null;
  return (
    <Part title={t("group.title")}>
      <ul className="list">
        {data.map(({ group, name, number, assets: { balances } }) => (
          <li key={group}>
            <Row
              title={name ?? number}
              note={t("group.points", { n: pen.count(balances.points.available) })}
              side={pen.money(balances.principal.available + balances.bonus.available)}
              to="/$merchant/groups/$group"
              params={{ merchant: String(merchant), group }}
            />
          </li>
        ))}
      </ul>
    </Part>
  );
}
