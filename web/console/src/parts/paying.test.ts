import { expect, it } from "vitest";
import { FIRST_PAYING, payments } from "./paying";

it("pays a price with one tender, or a part of it with a second", () => {
  expect(payments(5_000, FIRST_PAYING)).toEqual([{ tender: "wechat_pay", amount: 5_000 }]);
  expect(payments(5_000, { tender: "wallet", second: { tender: "cash", amount: 1_200 } })).toEqual([
    { tender: "wallet", amount: 3_800 },
    { tender: "cash", amount: 1_200 },
  ]);
  expect(payments(5_000, { tender: "wallet", second: { tender: "cash", amount: 5_000 } })).toEqual([
    { tender: "cash", amount: 5_000 },
  ]);
  expect(payments(0, FIRST_PAYING)).toEqual([]);
});
