import { expect, it } from "vitest";
import { changeOf, highest } from "./figures";

it("says by how much a figure changed", () => {
  expect(changeOf(150, 100, "money")).toEqual({ way: "up", by: 5_000 });
  expect(changeOf(-50, 100, "money")).toEqual({ way: "down", by: 15_000 });
  expect(changeOf(50, -100, "money")).toEqual({ way: "up", by: 15_000 });
  expect(changeOf(7, 7, "count")).toEqual({ way: "same", by: 0 });
  expect(changeOf(7, 0, "count")).toEqual({ way: "fresh", by: 0 });
  // Between two rates points are counted: 90 % after 80 % is 10 points, not 12.5 %.
  expect(changeOf(9_000, 8_000, "rate")).toEqual({ way: "up", by: 1_000 });
  expect(changeOf(1_000, 0, "rate")).toEqual({ way: "up", by: 1_000 });
  expect(changeOf(null, 10, "rate")).toBeUndefined();
  expect(changeOf(10, undefined, "money")).toBeUndefined();
});

it("finds the highest value", () => {
  expect(highest(["a", "b", "c"], [1, 3, 2])).toEqual({ name: "b", value: 3 });
  expect(highest(["a"], [-5])).toBeUndefined();
  expect(highest([], [])).toBeUndefined();
});
