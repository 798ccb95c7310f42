// How an analysis is asked, as people type it and as the server takes it. Pure.
import type { Schema } from "@shuke/api";
import type { Analysis } from "./model";

/** What is left out has its usual value. */
export type Parameters = Partial<Schema<"Parameters">>;

/** What is typed: everything is text, empty where the usual is wanted. */
export type Draft = Record<Name, string>;

export type Name =
  | "as_of"
  | "cut"
  | "cut_days"
  | "cut_orders"
  | "cut_money"
  | "active"
  | "marginal"
  | "dormant"
  | "of"
  | "by"
  | "support"
  | "confidence"
  | "groups"
  | "weeks"
  | "months"
  | "monthly_discount"
  | "days"
  | "tag"
  | "treated"
  | "held_out"
  | "from";

export type Control =
  /** Needed, without a usual value. */
  | { name: Name; kind: "tag" | "date"; usual: ""; when?: (draft: Draft) => boolean }
  | { name: Name; kind: "choice"; options: readonly string[]; usual: string; when?: (draft: Draft) => boolean }
  | {
      name: Name;
      kind: "number";
      usual: string;
      min: number;
      max: number;
      step?: number;
      when?: (draft: Draft) => boolean;
    };

const number = (name: Name, usual: string, min: number, max: number, step = 1): Control => ({
  name,
  kind: "number",
  usual,
  min,
  max,
  step,
});
const tag = (name: Name): Control => ({ name, kind: "tag", usual: "" });
const BANDS = [number("active", "3", 1, 120), number("marginal", "6", 1, 120), number("dormant", "12", 1, 120)];
const DAYS = [number("days", "28", 1, 366)];
const fixed = (draft: Draft) => draft.cut === "fixed";

/** What can be chosen of each analysis beside the day and the store. */
export const CONTROLS: Record<Analysis, readonly Control[]> = {
  rfm: [
    { name: "cut", kind: "choice", options: ["mean", "median", "0.8", "fixed"], usual: "mean" },
    { ...number("cut_days", "90", 0, 9_999), when: fixed },
    { ...number("cut_orders", "3", 1, 9_999), when: fixed },
    { ...number("cut_money", "500", 0, 9_999_999, 0.01), when: fixed },
  ],
  stages: BANDS,
  churn: BANDS,
  next: DAYS,
  demand: DAYS,
  prices: [],
  portrait: [tag("tag")],
  uplift: [tag("treated"), tag("held_out"), { name: "from", kind: "date", usual: "" }],
  pareto: [
    { name: "of", kind: "choice", options: ["members", "items", "stores", "staff"], usual: "members" },
    {
      name: "by",
      kind: "choice",
      options: ["product", "category"],
      usual: "product",
      when: (draft) => draft.of === "items",
    },
  ],
  cohorts: [],
  rhythm: [],
  clv: [number("weeks", "26", 1, 520), number("months", "12", 1, 120), number("monthly_discount", "1", 0, 99, 0.1)],
  basket: [
    { name: "by", kind: "choice", options: ["product", "category"], usual: "product" },
    number("support", "1", 0.01, 100, 0.01),
    number("confidence", "30", 0, 100, 1),
  ],
  clusters: [number("groups", "", 2, 20)],
  anomalies: [],
  forecast: DAYS,
  conduct: [number("days", "90", 1, 366)],
};

const NAMES: Name[] = [
  "as_of",
  ...new Set(Object.values(CONTROLS).flatMap((controls) => controls.map((control) => control.name))),
];

const PLAIN = ["tag", "treated", "held_out", "from"] as const;

const percent = (share: number) => String(Number((share * 100).toFixed(4)));

/** What was asked, as it would be typed. */
export function draftOf(analysis: Analysis, asked: Parameters = {}): Draft {
  const draft = Object.fromEntries(NAMES.map((name) => [name, ""])) as Draft;
  for (const control of CONTROLS[analysis]) draft[control.name] = control.usual;
  draft.as_of = asked.as_of ?? "";
  const cut = asked.cut?.split(",");
  if (cut?.length === 3) {
    draft.cut = "fixed";
    [draft.cut_days = "", draft.cut_orders = "", draft.cut_money = ""] = cut;
  } else if (asked.cut) draft.cut = asked.cut;
  if (asked.bands) [draft.active = "", draft.marginal = "", draft.dormant = ""] = asked.bands.split(",");
  if (asked.of) draft.of = asked.of;
  if (asked.by) draft.by = asked.by;
  for (const name of ["support", "confidence", "monthly_discount"] as const)
    if (asked[name] != null) draft[name] = percent(asked[name]);
  for (const name of ["groups", "weeks", "months", "days"] as const)
    if (asked[name] != null) draft[name] = String(asked[name]);
  for (const name of PLAIN) if (asked[name]) draft[name] = asked[name];
  return draft;
}

/** What is typed, as the server takes it; what is empty is left out and has its usual value. */
export function parametersOf(analysis: Analysis, draft: Draft, store?: string): Parameters {
  const asked: Parameters = {};
  if (draft.as_of) asked.as_of = draft.as_of;
  if (store) asked.store = store;
  const shown = CONTROLS[analysis].filter((control) => !control.when || control.when(draft));
  const typed = (name: Name) => (shown.some((control) => control.name === name) ? draft[name].trim() : "");
  const filled = (name: Name) => typed(name) || (shown.find((control) => control.name === name)?.usual ?? "");
  if (typed("cut"))
    asked.cut = fixed(draft) ? (["cut_days", "cut_orders", "cut_money"] as const).map(filled).join(",") : typed("cut");
  if (typed("active") || typed("marginal") || typed("dormant"))
    asked.bands = (["active", "marginal", "dormant"] as const).map(filled).join(",");
  if (typed("of")) asked.of = typed("of") as Schema<"ParetoOf">;
  if (typed("by")) asked.by = typed("by") as Schema<"ItemBy">;
  for (const name of ["support", "confidence", "monthly_discount"] as const)
    if (typed(name)) asked[name] = Number((Number(typed(name)) / 100).toFixed(6));
  for (const name of ["groups", "weeks", "months", "days"] as const) if (typed(name)) asked[name] = Number(typed(name));
  for (const name of PLAIN) if (typed(name)) asked[name] = typed(name);
  return asked;
}

/** What has to be chosen and is not yet. */
export function missing(analysis: Analysis, draft: Draft): Name[] {
  return CONTROLS[analysis].flatMap((control) =>
    (control.kind === "tag" || control.kind === "date") && !draft[control.name] ? [control.name] : [],
  );
}
