import { describe, expect, it } from "vitest";
import { count, dateIn, day, daysBetween, money, parseMoney, plainMoney, rate } from "./format";

const CNY = { code: "CNY", decimals: 2 };
const JPY = { code: "JPY", decimals: 0 };
const KWD = { code: "KWD", decimals: 3 };

describe("money", () => {
  it("is written with its sign, symbol and separators", () => {
    expect(money(123450, CNY, "zh")).toBe("¥1,234.50");
    expect(money(-5, CNY, "zh")).toBe("−¥0.05");
    expect(money(100, CNY, "zh", true)).toBe("+¥1.00");
    expect(money(1250, JPY, "en")).toBe("¥1,250");
    expect(money(1005, KWD, "en")).toMatch(/1\.005$/);
  });

  it("is read in whatever way it is typed, and never rounded", () => {
    expect(parseMoney("12.5", CNY)).toBe(1250);
    expect(parseMoney("１２．５", CNY)).toBe(1250);
    expect(parseMoney("¥1,234.50", CNY)).toBe(123450);
    expect(parseMoney(".5", CNY)).toBe(50);
    expect(parseMoney("-3", CNY)).toBe(-300);
    expect(parseMoney("1.005", CNY)).toBeUndefined();
    expect(parseMoney("12.5", JPY)).toBeUndefined();
    for (const text of ["", ".", "-", "12a", "1e5", "99999999999999999999"])
      expect(parseMoney(text, CNY)).toBeUndefined();
  });

  it("comes back as it was typed", () => {
    for (const minor of [0, 1, 99, 100, -100, -1, 123456789])
      expect(parseMoney(plainMoney(minor, CNY), CNY)).toBe(minor);
  });
});

describe("dates", () => {
  it("are those of the store's zone", () => {
    expect(dateIn(Date.parse("2026-11-21T17:00:00Z"), "Asia/Shanghai")).toBe("2026-11-22");
    expect(day("2026-11-22", "zh", "2026-11-25")).toBe("11月22日 周日");
    expect(day("2025-11-22", "zh", "2026-11-25")).toBe("2025年11月22日 周六");
    expect(day("2026-11-22", "en", "2026-11-25")).toBe("Sun 22 Nov");
    expect(daysBetween("2026-02-27", "2026-03-01")).toBe(2);
  });
});

it("counts and rates", () => {
  expect(count(3420, "zh")).toBe("3,420");
  expect(count(-1, "zh")).toBe("−1");
  expect(rate(1250, "en")).toBe("12.5%");
});
