// Money, points, dates as people read them. Amounts are integers in minor units, instants are Unix
// milliseconds; nothing here computes with either beyond writing them down.

export type Language = "zh" | "en";

/** What the merchant's amounts are in. */
export interface Currency {
  /** ISO 4217. */
  code: string;
  /** Digits after the point. */
  decimals: number;
}

const LOCALE: Record<Language, string> = { zh: "zh-CN", en: "en-GB" };

/** `¥1,234.50`; with `sign`, `+¥1.00` and `−¥1.00`. */
export function money(minor: number, currency: Currency, language: Language, sign = false): string {
  const scale = 10 ** currency.decimals;
  const whole = Math.trunc(Math.abs(minor) / scale);
  const rest = Math.abs(minor) % scale;
  const symbol = symbolOf(currency.code, language);
  const digits = new Intl.NumberFormat(LOCALE[language]).format(whole);
  const text = currency.decimals ? `${digits}.${String(rest).padStart(currency.decimals, "0")}` : digits;
  return `${minor < 0 ? "−" : sign && minor > 0 ? "+" : ""}${symbol}${text}`;
}

function symbolOf(code: string, language: Language): string {
  const parts = new Intl.NumberFormat(LOCALE[language], {
    style: "currency",
    currency: code,
    currencyDisplay: "narrowSymbol",
  }).formatToParts(0);
  return parts.find((part) => part.type === "currency")?.value ?? code;
}

/** What a person typed as an amount, in minor units: `12.5`, `1,250`, `¥3`; undefined where it is none. */
export function parseMoney(text: string, currency: Currency): number | undefined {
  const plain = text
    .trim()
    .replace(/[０-９．－]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[,，\s¥￥$€£]/g, "")
    .replace("。", ".");
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(plain);
  if (!match || !(match[2] || match[3])) return undefined;
  const fraction = match[3] ?? "";
  if (fraction.length > currency.decimals) return undefined;
  const minor = Number((match[2] || "0") + fraction.padEnd(currency.decimals, "0"));
  if (!Number.isSafeInteger(minor)) return undefined;
  return match[1] ? -minor : minor;
}

/** The amount as a person would type it: `12.50`. */
export function plainMoney(minor: number, currency: Currency): string {
  const scale = 10 ** currency.decimals;
  const whole = Math.trunc(Math.abs(minor) / scale);
  const rest = currency.decimals ? `.${String(Math.abs(minor) % scale).padStart(currency.decimals, "0")}` : "";
  return `${minor < 0 ? "-" : ""}${whole}${rest}`;
}

/** `3,420` */
export function count(value: number, language: Language): string {
  return new Intl.NumberFormat(LOCALE[language]).format(value).replace("-", "−");
}

/** Basis points as per cent: 1250 is `12.5%`. */
export function rate(basisPoints: number, language: Language): string {
  return `${new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: 2 }).format(basisPoints / 100)}%`;
}

/** A local date `2026-11-22` as `11月22日 周日`; with its year where that is not the present one. */
export function day(date: string, language: Language, today?: string): string {
  const [year, month, dayOfMonth] = date.split("-").map(Number);
  const at = new Date(Date.UTC(year ?? 1970, (month ?? 1) - 1, dayOfMonth ?? 1));
  const sameYear = today ? today.slice(0, 4) === date.slice(0, 4) : new Date().getFullYear() === year;
  const text = new Intl.DateTimeFormat(LOCALE[language], {
    timeZone: "UTC",
    month: language === "zh" ? "long" : "short",
    day: "numeric",
    ...(sameYear ? {} : { year: "numeric" }),
  }).format(at);
  const weekday = new Intl.DateTimeFormat(LOCALE[language], { timeZone: "UTC", weekday: "short" }).format(at);
  return language === "zh" ? `${text} ${weekday}` : `${weekday} ${text}`;
}

/** An instant as local date and time of the store: `11月22日 周日 14:05`. */
export function moment(instantMs: number, zone: string, language: Language): string {
  return `${day(dateIn(instantMs, zone), language)} ${clock(instantMs, zone)}`;
}

/** `14:05` in a zone. */
export function clock(instantMs: number, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(instantMs);
}

/** The local date in a zone, `2026-11-22`. */
export function dateIn(instantMs: number, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(instantMs);
}

/** Days from one local date to another; below zero where `to` is past. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
