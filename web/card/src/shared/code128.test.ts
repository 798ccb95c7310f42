import { expect, it } from "vitest";
import { code128 } from "./code128";

const modules = (widths: number[]) => widths.reduce((sum, width) => sum + width, 0);

it("every value takes 11 modules, the stop 13", () => {
  // Start, five pairs, check digit; then the stop.
  expect(modules(code128("4018392755") ?? [])).toBe(7 * 11 + 13);
  for (let letter = 32; letter < 127; letter++) {
    const text = String.fromCharCode(letter);
    expect(modules(code128(text) ?? []), text).toBe(3 * 11 + 13);
  }
});

it("begins, checks and ends as the standard says", () => {
  const text = (code128("Wikipedia") ?? []).join("");
  expect(text.startsWith("211214")).toBe(true);
  // The check value of "Wikipedia" in set B is 88, which is written as 421211.
  expect(text.slice(-13)).toBe("4212112331112");
  expect((code128("4018392755") ?? []).join("").startsWith("211232")).toBe(true);
});

it("every pattern is another one", () => {
  const seen = new Set(
    Array.from({ length: 95 }, (_, at) => (code128(String.fromCharCode(at + 32)) ?? []).slice(6, 12).join("")),
  );
  expect(seen.size).toBe(95);
});

it("doesn't write what it can't", () => {
  expect(code128("会员")).toBeUndefined();
  expect(code128("")).toBeUndefined();
});
