// What is worth saying to a member now. Pure.
import type { Schema } from "@shuke/api";

export type Hint =
  | { kind: "birthday"; days: number; whose?: Schema<"Relation"> | undefined }
  | { kind: "note"; text: string }
  | { kind: "nextTier"; name: string; missing: number }
  /** Bought in a rhythm, and due. */
  | { kind: "due"; name: string; days: number }
  /** What a new customer is shown. */
  | { kind: "starter"; text: string }
  | { kind: "welcomeBack" };

const HINTS_MAX = 6;

type Told = Pick<Schema<"TillView">, "birthdays" | "notes" | "stage" | "replenish" | "starter_picks" | "tier">;

/** At most six things, the most personal first. */
export function hintsFor(view: Told): Hint[] {
  const hints: Hint[] = [];
  for (const { of, relation, in_days: days } of view.birthdays.slice(0, 2))
    hints.push({ kind: "birthday", days, whose: of === "dependent" ? (relation ?? "relative") : undefined });
  for (const note of view.notes.slice(0, 2)) hints.push({ kind: "note", text: note.text });
  if (view.stage === "marginal" || view.stage === "dormant" || view.stage === "lost")
    hints.push({ kind: "welcomeBack" });
  for (const { name, due_in_days: days } of view.replenish.slice(0, 2)) hints.push({ kind: "due", name, days });
  const picks = view.starter_picks.slice(0, 3).map((product) => product.name);
  if (picks.length > 0) hints.push({ kind: "starter", text: picks.join(" · ") });
  const next = view.tier?.next;
  if (next?.amount_missing) hints.push({ kind: "nextTier", name: next.name, missing: next.amount_missing });
  return hints.slice(0, HINTS_MAX);
}
