import { expect, it } from "vitest";
import { hintsFor } from "./hints";

const nothing = { birthdays: [], notes: [], stage: "active" as const, replenish: [], starter_picks: [], tier: null };

it("says nothing where there is nothing to say", () => {
  expect(hintsFor(nothing)).toEqual([]);
});

it("begins with what is personal, and stops before it is too much", () => {
  const due = (name: string) => ({ variant: name, name, last_on: "2026-10-01", every_days: 30, due_in_days: -3 });
  const note = (text: string) => ({ id: text, text, pinned: true, at: 0, actor: "staff:1" });
  const hints = hintsFor({
    ...nothing,
    stage: "dormant",
    birthdays: [
      { of: "dependent", relation: "child", in_days: 5 },
      { of: "member", in_days: 9 },
    ],
    notes: [note("a"), note("b"), note("c")],
    replenish: [due("x"), due("y"), due("z")],
  } as never);
  expect(hints.map((hint) => hint.kind)).toEqual(["birthday", "birthday", "note", "note", "welcomeBack", "due"]);
  expect(hints[0]).toEqual({ kind: "birthday", days: 5, whose: "child" });
  expect(hints[1]).toEqual({ kind: "birthday", days: 9, whose: undefined });
});
