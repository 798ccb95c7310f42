import { QrCode } from "@shuke/ui/qr";
import { useTranslation } from "react-i18next";
import { Barcode } from "../../shared/Barcode";
import { type MyCoupon, useBenefit, useWhyNot } from "../../shared/coupon";
import { Ends, Sheet } from "../../shared/parts";
import { usePen } from "../../shared/shop";

/** One coupon, to be shown to the cashier: white in the dark mode too. */
export function CouponSheet({ coupon, onClose }: { coupon: MyCoupon; onClose: () => void }) {
  const { t } = useTranslation();
  const pen = usePen();
  const benefit = useBenefit();
  const whyNot = useWhyNot();
  const conditions = useConditions(coupon);
  return (
    <Sheet title={coupon.name} onClose={onClose} plain>
      <p className="benefit">{benefit(coupon)}</p>
      {coupon.usable ? (
        <div className="code">
          <QrCode text={coupon.code} label={t("coupon.show")} />
          <Barcode text={coupon.code} label={t("coupon.barcode", { code: coupon.code })} />
        </div>
      ) : (
        <p className="notice">{whyNot(coupon.why_not)}</p>
      )}
      <p className="number">{t("coupon.number", { code: coupon.code })}</p>
      <h3>{t("coupon.conditions")}</h3>
      <ul className="conditions">
        <li>
          <Ends on={coupon.expires_on} />
        </li>
        {coupon.valid_from > pen.today ? <li>{t("coupon.validFrom", { day: pen.day(coupon.valid_from) })}</li> : null}
        {coupon.uses_left > 1 ? <li>{t("coupon.uses", { n: coupon.uses_left })}</li> : null}
        {conditions.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </Sheet>
  );
}

function useConditions({ terms }: MyCoupon): string[] {
  const { t } = useTranslation();
  const pen = usePen();
  const some = (list: unknown[] | undefined) => (list?.length ?? 0) > 0;
  const scoped = some(terms.scope?.products) || some(terms.scope?.categories);
  const except =
    some(terms.scope?.except_products) || some(terms.scope?.except_categories) || !!terms.scope?.except_specials;
  const off = terms.benefit.kind === "amount" || terms.benefit.kind === "percent";
  const only = terms.channels?.length === 1 ? terms.channels[0] : undefined;
  return [
    terms.threshold ? t("coupon.threshold", { amount: pen.money(terms.threshold) }) : t("coupon.noThreshold"),
    scoped ? t("coupon.someGoods") : except ? t("coupon.exceptGoods") : off ? t("coupon.whole") : "",
    some(terms.stores) ? t("coupon.someStores") : "",
    some(terms.hours) ? t("coupon.someHours") : "",
    only === "till" ? t("coupon.tills") : only === "online" ? t("coupon.online") : "",
    terms.combines_with_member_price === false ? t("coupon.notWithMemberPrice") : "",
    terms.combines_with_offers === false ? t("coupon.notWithOffers") : "",
    terms.stacking?.kind === "alone" ? t("coupon.alone") : "",
    terms.transferable ? t("coupon.transferable") : "",
  ].filter(Boolean);
}
