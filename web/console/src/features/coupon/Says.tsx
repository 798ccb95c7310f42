import type { Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import { useCouponSays } from "./terms";

/** What a member is told about a coupon with these terms. */
export function Says({ terms }: { terms: Schema<"CouponTerms"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const says = useCouponSays();
  return (
    <section className="form-section" aria-label={t("benefits.coupon.says")}>
      <h2>{t("benefits.coupon.says")}</h2>
      <ul>
        {says(terms).map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </section>
  );
}
