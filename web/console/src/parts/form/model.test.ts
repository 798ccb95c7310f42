import { expect, it } from "vitest";
import { at, pointer, withAt } from "./model";

it("reads and writes within, and changes nothing else", () => {
  const value = { a: { b: 1, c: 2 }, d: 3 };
  expect(at(value, "a.b")).toBe(1);
  expect(at(value, "x.y")).toBeUndefined();
  expect(withAt(value, "a.b", 9)).toEqual({ a: { b: 9, c: 2 }, d: 3 });
  expect(withAt(value, "x.y", 9)).toEqual({ a: { b: 1, c: 2 }, d: 3, x: { y: 9 } });
  expect(value).toEqual({ a: { b: 1, c: 2 }, d: 3 });
  expect(pointer("/terms", "limits.uses")).toBe("/terms/limits/uses");
});
