import type { Schema } from "@shuke/api";
import { type Currency, count, dateIn, day, daysBetween, type Language, moment, money, rate } from "@shuke/ui";
import { createContext, type ReactNode, useContext } from "react";
import { useTranslation } from "react-i18next";

export type Shop = Schema<"CardShop">;

const Shown = createContext<Shop | undefined>(undefined);

/** Says below whose card it is. */
export function ShopProvider({ shop, children }: { shop: Shop; children: ReactNode }) {
  return <Shown value={shop}>{children}</Shown>;
}

/** The shop whose card it is. */
export function useShop(): Shop {
  const shop = useContext(Shown);
  if (!shop) throw new Error("useShop outside of ShopProvider");
  return shop;
}

/** Writes amounts, counts and days as this shop and this reader have them. */
export interface Pen {
  language: Language;
  /** The shop's date of now. */
  today: string;
  money(minor: number, sign?: boolean): string;
  count(value: number, sign?: boolean): string;
  day(date: string): string;
  moment(instantMs: number): string;
  rate(basisPoints: number): string;
  /** A discount as Chinese shops say it: 1500 basis points off is 8.5 (折). */
  fold(basisPointsOff: number): string;
  /** Days from today to a local date. */
  daysTo(date: string): number;
}

export function usePen(): Pen {
  const shop = useShop();
  const { i18n } = useTranslation();
  const language: Language = i18n.language === "en" ? "en" : "zh";
  const currency: Currency = { code: shop.currency, decimals: shop.decimals };
  const today = dateIn(Date.now(), shop.zone);
  return {
    language,
    today,
    money: (minor, sign) => money(minor, currency, language, sign),
    count: (value, sign) => `${sign && value > 0 ? "+" : ""}${count(value, language)}`,
    day: (date) => day(date, language, today),
    moment: (instantMs) => moment(instantMs, shop.zone, language),
    rate: (basisPoints) => rate(basisPoints, language),
    fold: (basisPointsOff) => String(Math.round(10_000 - basisPointsOff) / 1000),
    daysTo: (date) => daysBetween(today, date),
  };
}

/** A text of a table by a code that the server gave; the table's `other` where it has none. */
export function useLabels(table: string): (code: string) => string {
  const { t } = useTranslation();
  const texts = (t as (key: string, options: object) => unknown)(table, { returnObjects: true }) as Record<
    string,
    string
  >;
  return (code) => texts[code] ?? texts.other ?? code;
}
