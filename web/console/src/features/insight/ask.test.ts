import { expect, it } from "vitest";
import { CONTROLS, draftOf, missing, parametersOf } from "./ask";
import type { Analysis } from "./model";

const ALL = Object.keys(CONTROLS) as Analysis[];

it("asks again what was asked", () => {
  const asked: Partial<Record<Analysis, Parameters<typeof draftOf>[1]>> = {
    rfm: { as_of: "2026-11-01", cut: "30,4,250.5" },
    stages: { bands: "2,4,8" },
    pareto: { of: "items", by: "category" },
    basket: { by: "category", support: 0.005, confidence: 0.25 },
    clusters: { groups: 5 },
    clv: { weeks: 12, months: 6, monthly_discount: 0.015 },
    forecast: { days: 14 },
    churn: { bands: "1,2,3" },
    uplift: { treated: "a", held_out: "b", from: "2026-10-01" },
  };
  for (const analysis of ALL) {
    const one = asked[analysis] ?? {};
    expect(parametersOf(analysis, draftOf(analysis, one)), analysis).toMatchObject(one);
  }
});

it("leaves out what is empty and what does not belong to the question", () => {
  expect(parametersOf("clusters", draftOf("clusters"))).toEqual({});
  expect(parametersOf("cohorts", draftOf("cohorts"), "s")).toEqual({ store: "s" });
  // Whether goods count as categories is no question about members.
  expect(parametersOf("pareto", draftOf("pareto"))).toEqual({ of: "members" });
  // One of several that belong together has its usual value.
  expect(parametersOf("stages", { ...draftOf("stages"), active: "2", dormant: "" })).toEqual({ bands: "2,6,12" });
  expect(parametersOf("rfm", { ...draftOf("rfm"), cut: "median" })).toEqual({ cut: "median" });
  expect(parametersOf("forecast", { ...draftOf("forecast"), days: " " })).toEqual({});
});

it("writes a percentage as a share without a rest", () => {
  const draft = { ...draftOf("basket"), support: "0.07", confidence: "29" };
  expect(parametersOf("basket", draft)).toMatchObject({ support: 0.0007, confidence: 0.29 });
});

it("knows what has to be chosen first", () => {
  const draft = draftOf("uplift");
  expect(missing("uplift", draft)).toEqual(["treated", "held_out", "from"]);
  expect(missing("uplift", { ...draft, treated: "a", held_out: "b", from: "2026-10-01" })).toEqual([]);
  expect(missing("rfm", draftOf("rfm"))).toEqual([]);
});
