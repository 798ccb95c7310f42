import { useTranslation } from "react-i18next";
import { shift, useFormat } from "../../parts/format";
import { type Cell, numberOf, type Table, type Unit, type Words } from "./model";

/** Columns whose plain numbers are shares. */
const SHARES = new Set(["chance to be there", "support", "confidence", "retention"]);
/** Columns whose counts are yes or no. */
const YES_NO = new Set(["late", "in the best fifth"]);

/** Writes what a report says in the language, currency and zone of whoever looks. */
export function useWrite(asOf?: string) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const locale = f.language === "zh" ? "zh-CN" : "en-GB";
  const words = (text: Words) => text[f.language];
  const share = (value: number) =>
    new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(value);
  const number = (value: number) =>
    new Intl.NumberFormat(locale, { maximumSignificantDigits: Math.abs(value) >= 1_000 ? 6 : 4 })
      .format(value)
      .replace("-", "−");
  const month = (text: string) =>
    new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", timeZone: "UTC" }).format(
      Date.parse(`${text}-01T00:00:00Z`),
    );
  const short = (days: number) =>
    asOf
      ? new Intl.DateTimeFormat(locale, { month: "numeric", day: "numeric", timeZone: "UTC" }).format(
          Date.parse(`${shift(asOf, Math.round(days))}T00:00:00Z`),
        )
      : number(days);
  const whole = (amount: string) => amount.replace(/\.0+$/, "");
  const value = (of: number, unit: Unit): string => {
    switch (unit) {
      case "share":
        return share(of);
      case "money":
        return whole(f.money(Math.round(of * 10 ** f.currency.decimals)));
      case "minor":
        return whole(f.money(Math.round(of)));
      case "date":
        return short(of);
      case "number":
        return number(of);
    }
  };
  const cell = (of: Cell, column?: Words): string => {
    const name = column?.en ?? "";
    switch (of.kind) {
      case "name":
        return of.value;
      case "word":
        return words(of.value);
      case "count":
        return YES_NO.has(name) ? t(of.value > 0 ? "form.yes" : "form.no") : f.count(of.value);
      case "money":
        return f.money(of.value);
      case "share":
        return share(of.value);
      case "number":
        return SHARES.has(name) ? share(of.value) : number(of.value);
      case "day":
        return f.day(of.value);
      case "month":
        return month(of.value);
      case "nothing":
        return "–";
    }
  };
  /** Whether a column is one of numbers. */
  const isNumber = (table: Table, at: number) => table.rows.some((row) => numberOf(row[at]) != null);
  return { words, share, value, cell, isNumber, f };
}
