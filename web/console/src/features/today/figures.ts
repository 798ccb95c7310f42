import type { Schema } from "@shuke/api";

// The owner's figures as the server says them, and what became of them since the period before.

export type Overall = Schema<"Overall">;
export type Sums = Schema<"Figures">;

/** How a figure is written: minor units, a count, basis points, thousandths. */
export type Kind = "money" | "count" | "rate" | "times";

export interface Change {
  way: "up" | "down" | "same" | "fresh";
  /** Basis points: of the value before, or between two rates; never below zero. */
  by: number;
}

/** What became of a figure; nothing where it can't be told. */
export function changeOf(
  now: number | null | undefined,
  before: number | null | undefined,
  kind: Kind,
): Change | undefined {
  if (now == null || before == null) return undefined;
  if (now === before) return { way: "same", by: 0 };
  const way = now > before ? "up" : "down";
  if (kind === "rate") return { way, by: Math.abs(now - before) };
  if (before === 0) return { way: "fresh", by: 0 };
  return { way, by: Math.round((Math.abs(now - before) * 10_000) / Math.abs(before)) };
}

/** The highest of some values by name; nothing where none is above zero. */
export function highest(names: string[], values: number[]): { name: string; value: number } | undefined {
  let at = -1;
  values.forEach((value, index) => {
    if (value > (values[at] ?? 0)) at = index;
  });
  const name = names[at];
  const value = values[at];
  return name !== undefined && value !== undefined ? { name, value } : undefined;
}
