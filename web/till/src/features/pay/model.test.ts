import { expect, it } from "vitest";
import { cashOver, likelyNotes, restOf, tendersFor, withPayment } from "./model";

it("what is left is what neither passes, cards nor payments pay", () => {
  const bill = {
    payable: 21_800,
    paidByPasses: 3_000,
    carried: 0,
    cards: [{ card: "c", ending: "1", amount: 800 }],
    payments: [],
  };
  expect(restOf(bill)).toBe(18_000);
  expect(restOf({ ...bill, payments: [{ tender: "cash", amount: 18_000 }] })).toBe(0);
  expect(restOf({ ...bill, carried: 10_000 }), "goods that come back pay too").toBe(8_000);
});

it("adds to a tender that pays already", () => {
  const once = withPayment([], "cash", 500);
  expect(withPayment(once, "cash", 250)).toEqual([{ tender: "cash", amount: 750 }]);
  expect(withPayment(once, "wallet", 0)).toBe(once);
});

it("gives change only beyond what is due", () => {
  expect(cashOver(21_800, undefined)).toEqual({ pays: 21_800, change: 0 });
  expect(cashOver(21_800, 30_000)).toEqual({ pays: 21_800, change: 8_200 });
  expect(cashOver(21_800, 10_000)).toEqual({ pays: 10_000, change: 0 });
});

it("offers the notes that a customer may hand over", () => {
  expect(likelyNotes(21_800, 2)).toEqual([22_000, 25_000, 30_000]);
  expect(likelyNotes(0, 2)).toEqual([]);
  expect(likelyNotes(1_250, 0)).toEqual([1_260, 1_300]);
});

it("offers the wallet only where it may pay something", () => {
  expect(tendersFor(5_000)).toContain("wallet");
  expect(tendersFor(0)).not.toContain("wallet");
});
