import { language, money, useCurrency, useWho } from "@shuke/ui";
import { useTranslation } from "react-i18next";
import { because, type Reason, type WhyNot, whyNot } from "./words";

/** Writing down amounts, days and reasons in the language of the moment. */
export function useWriting() {
  const { t } = useTranslation(["app", "ui"]);
  const currency = useCurrency();
  const { merchant } = useWho();
  const words = {
    t: t as unknown as (key: string, numbers: Record<string, string>) => string,
    currency,
    language: language(),
  };
  return {
    t,
    currency,
    language: words.language,
    zone: merchant.zone,
    money: (minor: number, sign = false) => money(minor, currency, words.language, sign),
    whyNot: (reason: WhyNot) => whyNot(reason, words),
    because: (reason: Reason) => because(reason, words),
  };
}

/** `2`, `0.35`: thousandths of a piece as a person reads them. */
export function pieces(quantityMilli: number): string {
  return String(quantityMilli / 1_000);
}

/** What a person typed as a quantity, in thousandths; undefined where it is none. */
export function parsePieces(text: string): number | undefined {
  const match = /^(\d{1,4})(?:\.(\d{1,3}))?$/.exec(text.trim());
  if (!match) return undefined;
  const milli = Number(match[1]) * 1_000 + Number((match[2] ?? "").padEnd(3, "0"));
  return milli > 0 ? milli : undefined;
}
