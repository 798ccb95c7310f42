// The server's reasons as sentences: by their code, with their numbers.
import type { Schema } from "@shuke/api";
import { type Currency, count, day, type Language, money, rate } from "@shuke/ui";

export type WhyNot = Schema<"WhyNot">;
export type Reason = Schema<"SavingReason">;

interface Words {
  /** Texts by key: the codes are the server's, and `texts/zh/reasons.ts` has all of them. */
  t: (key: string, numbers: Record<string, string>) => string;
  currency: Currency;
  language: Language;
}

/** Numbers of a reason as people read them: money with its sign, dates, rates. */
function numbers(reason: WhyNot | Reason, { currency, language }: Words): Record<string, string> {
  const said: Record<string, string> = {};
  for (const [key, value] of Object.entries(reason)) {
    if (key === "code" || value === null || value === undefined) continue;
    if (["threshold", "short", "reached", "would_save", "off", "price", "unit"].includes(key))
      said[key] = money(Number(value), currency, language);
    else if (key === "rate" || key === "rate_off") said[key] = rate(Number(value), language);
    else if (key === "valid_from" || key === "expires_on" || key === "on") said[key] = day(String(value), language);
    else said[key] = typeof value === "number" ? count(value, language) : String(value);
  }
  return said;
}

export function whyNot(reason: WhyNot, words: Words): string {
  return words.t(`why.${reason.code}`, numbers(reason, words));
}

export function because(reason: Reason, words: Words): string {
  return words.t(`because.${reason.code}`, numbers(reason, words));
}
