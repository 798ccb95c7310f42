import { useTranslation } from "react-i18next";
import { usePen } from "./shop";

interface Gap {
  amount?: number | null | undefined;
  count?: number | null | undefined;
  growth?: number | null | undefined;
}

/** What is missing to a tier, as a shop says it; empty where nothing is. */
export function useGap(): (gap: Gap) => string {
  const { t } = useTranslation();
  const pen = usePen();
  return ({ amount, count, growth }) =>
    [
      amount ? t("gap.amount", { amount: pen.money(amount) }) : "",
      count ? t("gap.count", { n: pen.count(count) }) : "",
      growth ? t("gap.growth", { n: pen.count(growth) }) : "",
    ]
      .filter(Boolean)
      .join(t("gap.and"));
}
