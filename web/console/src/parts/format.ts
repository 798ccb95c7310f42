import { count, dateIn, day, type Language, language, moment, money, rate, useCurrency, useWho } from "@shuke/ui";
import { useTranslation } from "react-i18next";
import type { Texts } from "../texts/zh";
import { useStores } from "./refs";
import { useUrl } from "./url";

/** Writes amounts, counts, dates in the language and currency of whoever looks, in the store's zone. */
export function useFormat() {
  const { i18n } = useTranslation();
  const currency = useCurrency();
  const zone = useZone();
  const inLanguage: Language = i18n.language === "en" ? "en" : "zh";
  return {
    zone,
    currency,
    language: inLanguage,
    money: (minor: number | null | undefined, sign = false) =>
      minor == null ? "–" : money(minor, currency, inLanguage, sign),
    count: (value: number | null | undefined) => (value == null ? "–" : count(value, inLanguage)),
    rate: (basisPoints: number | null | undefined) => (basisPoints == null ? "–" : rate(basisPoints, inLanguage)),
    day: (date: string | null | undefined) => (date ? day(date, inLanguage) : "–"),
    /** A birthday as it is kept: whole, without its year, or masked down to the month. */
    birthday: (text: string | null | undefined) => {
      const [, year, month, date] = /^(\d{4}|-)-(\d{2})(?:-(\d{2}))?$/.exec(text ?? "") ?? [];
      if (!month) return text || "–";
      const parts: Intl.DateTimeFormatOptions = { month: "long", timeZone: "UTC" };
      if (date) parts.day = "numeric";
      if (year !== "-") parts.year = "numeric";
      const at = Date.UTC(year === "-" ? 2000 : Number(year), Number(month) - 1, Number(date ?? 1));
      return new Intl.DateTimeFormat(inLanguage === "zh" ? "zh-CN" : "en-GB", parts).format(at);
    },
    moment: (instantMs: number | null | undefined) => (instantMs == null ? "–" : moment(instantMs, zone, inLanguage)),
    /** A number with up to two digits after the point. */
    plain: (value: number) =>
      new Intl.NumberFormat(inLanguage === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: 2 }).format(value),
    /** A, B and C. */
    list: (texts: string[]) =>
      new Intl.ListFormat(inLanguage === "zh" ? "zh-CN" : "en-GB", { type: "conjunction" }).format(texts),
    /** Thousandths as people write a quantity: 1500 is 1.5. */
    quantity: (milli: number | null | undefined) =>
      milli == null
        ? "–"
        : new Intl.NumberFormat(inLanguage === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: 3 })
            .format(milli / 1000)
            .replace("-", "−"),
  };
}

/** The zone of the store at the top, or the merchant's. */
export function useZone(): string {
  const { merchant } = useWho();
  const [{ store }] = useUrl();
  const stores = useStores();
  return stores.find((one) => one.id === store)?.zone ?? merchant.zone;
}

/** Today, where the store is. */
export function useToday(): string {
  return dateIn(Date.now(), useZone());
}

/** The period at the top; the last 30 days where none is chosen. */
export function usePeriod(): { from: string; to: string; days: number; chosen: boolean } {
  const [{ from, to }] = useUrl();
  const today = useToday();
  const last = to || today;
  const first = from || shift(last, -29);
  return { from: first, to: last, days: daysFrom(first, last) + 1, chosen: Boolean(from || to) };
}

/** The local date so many days later. */
export function shift(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function daysFrom(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

export type Enum = keyof Texts["enum"];

/** The word for one of a few values: `label("stage", "active")`. What is not known is shown as it is. */
export function useLabel() {
  const { t } = useTranslation(["app", "ui"]);
  const plain = t as unknown as (key: string, options: { defaultValue: string }) => string;
  return (kind: Enum, value: string | null | undefined): string =>
    value == null || value === "" ? "–" : plain(`enum.${kind}.${value}`, { defaultValue: value });
}

/** The values of a list with their words, for a choice. */
export function useOptions() {
  const { i18n } = useTranslation();
  return (kind: Enum): { value: string; label: string }[] =>
    Object.entries(i18n.getResource(language(), "app", `enum.${kind}`) as Record<string, string>).map(
      ([value, label]) => ({ value, label }),
    );
}
