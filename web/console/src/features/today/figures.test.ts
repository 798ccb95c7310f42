import { expect, it } from "vitest";
import { by, net } from "./figures";

it("sums rows, and sums them by day in order", () => {
  const rows = [
    { date: "2026-11-02", net: 5 },
    { date: "2026-11-01", net: 7 },
    { date: "2026-11-02", net: -2 },
  ];
  expect(net(rows)).toBe(10);
  expect(by(rows, (row) => row.date)).toEqual([
    ["2026-11-01", 7],
    ["2026-11-02", 3],
  ]);
});
