import { expect, it } from "vitest";
import { type Cell, drawings, lineRows, type Report, type Table, unitOf, type Words, wideOnes } from "./model";
import { type Charted, optionOf } from "./options";

const both = (en: string): Words => ({ zh: en, en });
const count = (value: number): Cell => ({ kind: "count", value });
const named = (value: string): Cell => ({ kind: "word", value: both(value) });
const table = (title: string, head: string[], rows: Cell[][]): Table => ({
  title: both(title),
  head: head.map(both),
  rows,
});
const report = (change: Partial<Report>): Report => ({
  title: both(""),
  as_of: "2026-11-22",
  currency: "CNY",
  findings: [],
  next: [],
  warnings: [],
  method: both(""),
  figures: {},
  plots: [],
  tables: [],
  list: table("", [], []),
  groups: [],
  ...change,
});
const said = {
  words: (words: Words) => words.en,
  cell: (cell: Cell) => ("value" in cell ? String(cell.value) : "–"),
  titles: { flow: "flow", scatter: "scatter", profile: "profile", tiles: "tiles" },
  day: "day",
};

it("draws who moved between stages, and leaves out ways that nobody went", () => {
  const moves = table(
    "moves",
    ["then → now", "active", "lost"],
    [
      [named("active"), count(5), count(2)],
      [named("not there yet"), count(3), count(0)],
    ],
  );
  const bars = { kind: "bars" as const, title: both("now"), axis: both("members"), bars: [] };
  const filled = { ...bars, bars: [{ name: both("active"), value: 8, shown: "8" }] };
  const drawn = drawings("stages", report({ tables: [moves], plots: [filled] }), said);
  expect(drawn.map((plot) => plot.kind)).toEqual(["bars", "flow"]);
  expect(drawn[1]).toMatchObject({
    from: ["active", "not there yet"],
    to: ["active", "lost"],
    links: [
      [0, 0, 5],
      [0, 1, 2],
      [1, 0, 3],
    ],
  });
  // A shop of its first month has nothing to compare with: no empty plot.
  expect(drawings("stages", report({ plots: [bars] }), said)).toEqual([]);
});

it("draws the eight cells as a map instead of as bars", () => {
  const head = ["cell", "members", "share", "money", "share of money", "change in 90 days", "what to do"];
  const row: Cell[] = [
    named("key: value"),
    count(12),
    { kind: "share", value: 0.25 },
    { kind: "money", value: 9_900 },
    { kind: "share", value: 0.6 },
    { kind: "nothing" },
    named("serve in person"),
  ];
  const bars = {
    kind: "bars" as const,
    title: both("b"),
    axis: both(""),
    bars: [{ name: both("x"), value: 1, shown: "1" }],
  };
  expect(drawings("rfm", report({ tables: [table("cells", head, [row])], plots: [bars] }), said)).toEqual([
    {
      kind: "tiles",
      title: "tiles",
      tiles: [
        {
          name: "key: value",
          advice: "serve in person",
          members: 12,
          share: 0.25,
          money: 9_900,
          moneyShare: 0.6,
          change: undefined,
        },
      ],
    },
  ]);
});

it("draws rules by support and lift, groups by what sets them apart", () => {
  const n = (value: number): Cell => ({ kind: "number", value });
  const name = (value: string): Cell => ({ kind: "name", value });
  const list = table(
    "rules",
    ["left", "right", "baskets", "support", "confidence", "lift"],
    [
      [name("a"), name("b"), count(9), n(0.1), n(0.5), n(3)],
      [name("a + c"), name("d"), count(4), n(0.05), n(0.8), n(7)],
    ],
  );
  expect(drawings("basket", report({ list }), said)).toMatchObject([
    {
      kind: "scatter",
      points: [
        ["a → b", 0.1, 3, 0.5],
        ["a + c → d", 0.05, 7, 0.8],
      ],
    },
  ]);
  const groups = table(
    "groups",
    ["group", "members", "mean days away"],
    [
      [named("new"), count(9), n(3.5)],
      [named("asleep"), count(4), n(200)],
    ],
  );
  expect(drawings("clusters", report({ tables: [groups] }), said)).toMatchObject([
    { kind: "profile", axes: ["members", "mean days away"], groups: [{ values: [9, 3.5] }, { values: [4, 200] }] },
  ]);
});

it("knows what an axis counts", () => {
  expect(["share of money", "retention", "sales", "days from now", "weeks"].map((en) => unitOf(both(en)))).toEqual([
    "share",
    "share",
    "money",
    "date",
    "number",
  ]);
});

const forecast = {
  kind: "lines",
  title: "t",
  x: "x",
  y: "y",
  units: { x: "number", y: "number" },
  lines: [
    {
      name: "actual",
      style: "solid",
      points: [
        [-1, 5],
        [0, 6],
      ],
    },
    {
      name: "expected",
      style: "dashed",
      points: [
        [1, 7],
        [2, 8],
      ],
    },
  ],
  band: [
    [1, 4, 9],
    [2, 3, 10],
  ],
} satisfies Charted;

it("says lines in numbers, the interval beside", () => {
  expect(lineRows(forecast, 10)).toEqual([
    { x: -1, values: [5, undefined, undefined, undefined] },
    { x: 0, values: [6, undefined, undefined, undefined] },
    { x: 1, values: [undefined, 7, 4, 9] },
    { x: 2, values: [undefined, 8, 3, 10] },
  ]);
  expect(lineRows(forecast, 2).map((row) => row.x)).toEqual([-1, 1, 2]);
});

it("draws lines that differ without colour, and the interval as an area", () => {
  const inks = { dark: false, text: "", line: "", paper: "" };
  const { series } = optionOf(forecast, inks, String) as { series: { type: string; lineStyle?: { type: string } }[] };
  expect(series.map((one) => one.lineStyle?.type ?? one.type)).toEqual(["solid", "dashed", "custom"]);
});

it("leaves no plot alone in its row", () => {
  const bars = { kind: "bars", title: "", axis: "", bars: [] } as const satisfies Partial<Charted>;
  const tiles = { kind: "tiles" as const, title: "", tiles: [] };
  const narrow = { ...bars, bars: [] };
  expect(wideOnes([narrow, narrow])).toEqual([false, false]);
  expect(wideOnes([narrow])).toEqual([true]);
  expect(wideOnes([tiles, narrow, narrow, narrow])).toEqual([true, false, false, true]);
  expect(wideOnes([narrow, tiles])).toEqual([true, true]);
});
