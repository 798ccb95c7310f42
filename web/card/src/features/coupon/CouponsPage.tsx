import { api } from "@shuke/api";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type MyCoupon, useBenefit, useWhyNot } from "../../shared/coupon";
import { usePages } from "../../shared/pages";
import { Empty, Ends, Loaded, More, Page, Row } from "../../shared/parts";
import { usePen, useShop } from "../../shared/shop";
import { Tabs } from "../../shared/tabs";
import { CouponSheet } from "./CouponSheet";

type Kind = "usable" | "notNow" | "over";

const kindOf = (coupon: MyCoupon): Kind =>
  coupon.usable ? "usable" : coupon.state === "active" || coupon.state === "held" ? "notNow" : "over";

export function CouponsPage() {
  const { t } = useTranslation();
  const { merchant } = useShop();
  const [kind, setKind] = useState<Kind>("usable");
  const [shown, setShown] = useState<MyCoupon>();
  const coupons = usePages("/api/v1/me/coupons", {}, async (cursor) => {
    const { data } = await api.GET("/api/v1/me/coupons", { params: { query: { cursor, limit: 100 } } });
    return data as { items: MyCoupon[]; next?: string | null };
  });
  const none = { usable: t("coupon.noneUsable"), notNow: t("coupon.noneNotNow"), over: t("coupon.noneOver") };
  return (
    <Page title={t("coupon.title")}>
      <ul className="list">
        <li>
          <Row
            title={t("redeem.title")}
            note={t("redeem.row")}
            to="/$merchant/redeem"
            params={{ merchant: String(merchant) }}
          />
        </li>
      </ul>
      <Tabs
        label={t("coupon.title")}
        value={kind}
        onChange={setKind}
        options={(["usable", "notNow", "over"] as const).map((key) => [key, t(`coupon.${key}`)] as const)}
      >
        <Loaded query={coupons}>
          {(items) => {
            const found = items.filter((coupon) => kindOf(coupon) === kind);
            // The server gives the latest expiry first; what ends first is used first.
            if (kind !== "over") found.reverse();
            return (
              <>
                {found.length === 0 ? <Empty>{none[kind]}</Empty> : null}
                <ul className="list">
                  {found.map((coupon) => (
                    <li key={coupon.id}>
                      <CouponRow coupon={coupon} onOpen={() => setShown(coupon)} />
                    </li>
                  ))}
                </ul>
                <More query={coupons} />
              </>
            );
          }}
        </Loaded>
      </Tabs>
      {shown ? <CouponSheet coupon={shown} onClose={() => setShown(undefined)} /> : null}
    </Page>
  );
}

function CouponRow({ coupon, onOpen }: { coupon: MyCoupon; onOpen: () => void }) {
  const { t } = useTranslation();
  const pen = usePen();
  const benefit = useBenefit();
  const whyNot = useWhyNot();
  const threshold = coupon.terms.threshold ?? 0;
  const from = threshold > 0 ? t("coupon.threshold", { amount: pen.money(threshold) }) : t("coupon.noThreshold");
  return (
    <Row
      title={coupon.name}
      note={coupon.usable ? from : whyNot(coupon.why_not)}
      side={benefit(coupon)}
      sideNote={coupon.usable ? <Ends on={coupon.expires_on} /> : undefined}
      onClick={onOpen}
    />
  );
}
