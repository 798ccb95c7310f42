// What is worth saying to a member now. Pure.
import type { Schema } from "@shuke/api";
import { daysBetween } from "@shuke/ui";

export type Hint =
  /** Days until the birthday. */
  | { kind: "birthday"; days: number }
  /** The month is known, the day is masked. */
  | { kind: "birthdayMonth" }
  | { kind: "note"; text: string }
  | { kind: "nextTier"; name: string; missing: number }
  /** What they buy most. */
  | { kind: "usual"; text: string }
  | { kind: "likes"; text: string }
  | { kind: "welcomeBack" };

const BIRTHDAY_DAYS_MAX = 14;

/** Whole months from a birth date to a day. */
export function monthsOld(bornOn: string, today: string): number {
  const [year = 0, month = 0, dayOfMonth = 0] = bornOn.split("-").map(Number);
  const [nowYear = 0, nowMonth = 0, nowDay = 0] = today.split("-").map(Number);
  return Math.max(0, (nowYear - year) * 12 + nowMonth - month - (nowDay < dayOfMonth ? 1 : 0));
}

/** Days until a birthday given as `1990-08-15` or `--08-15`; 29 February falls on the 28th in other years. */
export function daysToBirthday(birthday: string, today: string): number | undefined {
  const match = /(\d\d)-(\d\d)$/.exec(birthday);
  if (!match) return undefined;
  const on = (year: number) => {
    const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
    return match[1] === "02" && match[2] === "29" && !leap ? `${year}-02-28` : `${year}-${match[1]}-${match[2]}`;
  };
  const year = Number(today.slice(0, 4));
  const days = daysBetween(today, on(year));
  return days >= 0 ? days : daysBetween(today, on(year + 1));
}

function birthday(person: Schema<"PersonView">, today: string): Hint | undefined {
  // A lunar birthday falls on another day each year; only the server can say on which.
  if (!person.birthday || person.birthday_lunar) return undefined;
  if (/^--\d\d$/.test(person.birthday))
    return person.birthday.slice(2) === today.slice(5, 7) ? { kind: "birthdayMonth" } : undefined;
  const days = daysToBirthday(person.birthday, today);
  return days !== undefined && days <= BIRTHDAY_DAYS_MAX ? { kind: "birthday", days } : undefined;
}

/** At most five things, the most personal first. */
export function hintsFor(overview: Schema<"Overview">, today: string): Hint[] {
  const { member, tier, habits, notes, declared } = overview;
  const hints: Hint[] = [];
  const near = birthday(member.person, today);
  if (near) hints.push(near);
  for (const note of notes.filter((one) => one.pinned).slice(0, 2)) hints.push({ kind: "note", text: note.text });
  if (["marginal", "dormant", "lost"].includes(member.stage)) hints.push({ kind: "welcomeBack" });
  const liked = Object.values(declared.declared ?? {}).slice(0, 2);
  if (liked.length > 0) hints.push({ kind: "likes", text: liked.join(" · ") });
  const usual = (habits?.products ?? []).flatMap((product) => (product.name ? [product.name] : [])).slice(0, 2);
  if (usual.length > 0) hints.push({ kind: "usual", text: usual.join(" · ") });
  const missing = tier?.next?.amount_missing;
  if (tier?.next && missing) hints.push({ kind: "nextTier", name: tier.next.name, missing });
  return hints.slice(0, 5);
}
