import type { Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import { useLabels, usePen } from "./shop";

export type MyCoupon = Schema<"MyCoupon">;

/** What a coupon gives, as a shop says it. */
export function useBenefit(): (coupon: MyCoupon) => string {
  const { t } = useTranslation();
  const pen = usePen();
  return ({ terms: { benefit } }) => {
    switch (benefit.kind) {
      case "amount":
        return t("coupon.off", { amount: pen.money(benefit.off) });
      case "percent": {
        const what = { fold: pen.fold(benefit.rate_off), rate: pen.rate(benefit.rate_off) };
        return benefit.max_off
          ? t("coupon.percentMax", { ...what, amount: pen.money(benefit.max_off) })
          : t("coupon.percent", what);
      }
      case "gift":
        return t("coupon.gift", { n: benefit.pieces ?? 1 });
      case "service":
        return t("coupon.service");
      case "exchange":
        return t("coupon.exchange", { price: pen.money(benefit.price), n: benefit.pieces ?? 1 });
    }
  };
}

/** Why a coupon can't be used now, as a sentence; empty where it can. */
export function useWhyNot(): (why: Schema<"WhyNot"> | null | undefined) => string {
  const { t } = useTranslation();
  const pen = usePen();
  const label = useLabels("whyNot");
  return (why) => {
    if (!why) return "";
    switch (why.code) {
      case "not_yet_valid":
        return t("whyNot.not_yet_valid", { day: pen.day(why.valid_from) });
      case "expired":
        return t("whyNot.expired", { day: pen.day(why.expires_on) });
      case "period_limit":
        return t("whyNot.period_limit", { max: why.max });
      case "threshold_short":
        return t("whyNot.threshold_short", { amount: pen.money(why.short) });
      default:
        return label(why.code);
    }
  };
}
