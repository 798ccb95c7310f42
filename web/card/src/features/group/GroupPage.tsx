import { useTranslation } from "react-i18next";
import { Barcode } from "../../shared/Barcode";
import { useBenefit, useWhyNot } from "../../shared/coupon";
import { Empty, Ends, Loaded, Page, Part, Row } from "../../shared/parts";
import { usePen, useShop } from "../../shared/shop";
import { type MyGroup, useGroups } from "./groups";

/** What a group holds, and the number by which the shop finds it. */
export function GroupPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const { merchant } = useShop();
  const groups = useGroups();
  const group = groups.data?.find((one) => one.group === id);
  return (
    <Page title={group?.name ?? t("group.title")} up={`/${merchant}`}>
      <Loaded query={groups}>{() => (group ? <Inside group={group} /> : <Empty>{t("group.gone")}</Empty>)}</Loaded>
    </Page>
  );
}

function Inside({ group }: { group: MyGroup }) {
  const { t } = useTranslation();
  const pen = usePen();
  const benefit = useBenefit();
  const whyNot = useWhyNot();
  const { balances, passes, coupons } = group.assets;
  return (
    <>
      <section className="code" aria-label={t("group.number")}>
        <p className="code-hint">{t("group.hint")}</p>
        <Barcode text={group.number} label={t("code.barcode", { number: group.number })} />
        <p className="number">{group.number.replace(/(\d{4})(?=\d)/g, "$1 ")}</p>
      </section>
      <dl className="pair">
        <div>
          <dt>{t("home.points")}</dt>
          <dd>{pen.count(balances.points.available)}</dd>
        </div>
        <div>
          <dt>{t("home.wallet")}</dt>
          <dd>{pen.money(balances.principal.available + balances.bonus.available)}</dd>
        </div>
      </dl>
      <Part title={t("home.passes")}>
        {passes.length === 0 ? <Empty>{t("home.none")}</Empty> : null}
        <ul className="list">
          {passes.map((pass) => (
            <li key={pass.id}>
              <Row
                title={pass.name}
                note={<Ends on={pass.expires_on} />}
                side={pass.items
                  .map((item) =>
                    item.visits_left == null ? t("pass.unlimited") : t("pass.left", { n: pen.count(item.visits_left) }),
                  )
                  .join(" · ")}
              />
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t("home.coupons")}>
        {coupons.length === 0 ? <Empty>{t("home.none")}</Empty> : null}
        <ul className="list">
          {coupons.map((coupon) => (
            <li key={coupon.id}>
              <Row
                title={coupon.name}
                note={coupon.usable ? <Ends on={coupon.expires_on} /> : whyNot(coupon.why_not)}
                side={benefit(coupon)}
              />
            </li>
          ))}
        </ul>
      </Part>
    </>
  );
}
