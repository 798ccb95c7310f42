import { expect, it } from "vitest";
import { daysToBirthday, monthsOld } from "./hints";

it("counts whole months of life", () => {
  expect(monthsOld("2025-09-25", "2026-11-25")).toBe(14);
  expect(monthsOld("2025-09-26", "2026-11-25")).toBe(13);
  expect(monthsOld("2026-12-01", "2026-11-25")).toBe(0);
});

it("finds the next birthday, over the year's end and in years without 29 February", () => {
  expect(daysToBirthday("1990-11-30", "2026-11-25")).toBe(5);
  expect(daysToBirthday("--11-25", "2026-11-25")).toBe(0);
  expect(daysToBirthday("1990-01-01", "2026-12-30")).toBe(2);
  expect(daysToBirthday("1992-02-29", "2027-02-27")).toBe(1);
  expect(daysToBirthday("1992-02-29", "2028-02-28")).toBe(1);
  expect(daysToBirthday("--08", "2026-11-25")).toBeUndefined();
});
