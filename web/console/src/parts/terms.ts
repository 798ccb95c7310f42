import { useTranslation } from "react-i18next";
import type { Part } from "./form/model";
import { useOptions } from "./format";

/** Fields that offers, coupons, points and tiers have in common. */
export function useTerms() {
  const { t } = useTranslation(["app", "ui"]);
  const options = useOptions();
  const scopeFields: Part[] = [
    { at: "categories", kind: "ref", of: "category", many: true, label: t("benefits.scope.categories") },
    { at: "products", kind: "ref", of: "product", many: true, label: t("benefits.scope.products") },
    { at: "except_categories", kind: "ref", of: "category", many: true, label: t("benefits.scope.exceptCategories") },
    { at: "except_products", kind: "ref", of: "product", many: true, label: t("benefits.scope.exceptProducts") },
    { at: "except_specials", kind: "switch", label: t("benefits.scope.exceptSpecials") },
  ];
  return {
    /** Which goods. */
    scope: (at = "scope", label = t("benefits.scope.title")): Part => ({
      at,
      kind: "group",
      label,
      help: t("benefits.scope.all"),
      fields: scopeFields,
    }),
    stores: { at: "stores", kind: "ref", of: "store", many: true, label: t("benefits.stores") } as Part,
    tiers: { at: "tiers", kind: "ref", of: "tier", many: true, label: t("benefits.tiers") } as Part,
    channels: { at: "channels", kind: "choices", options: options("channel"), label: t("benefits.channels") } as Part,
    from: { at: "from", kind: "date", label: t("benefits.from") } as Part,
    to: { at: "to", kind: "date", label: t("benefits.to") } as Part,
    weekdays: {
      at: "weekdays",
      kind: "choices",
      label: t("benefits.offer.weekdays"),
      options: options("weekday").map((one) => ({ value: Number(one.value), label: one.label })),
    } as Part,
    /** Periods that a limit may have. */
    periods: (...names: string[]) => options("period").filter((one) => names.includes(one.value)),
  };
}
