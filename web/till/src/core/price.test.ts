import { describe, expect, it } from "vitest";
import { type Cart, emptyCart, withGoods } from "./cart";
import type { Goods } from "./db";
import { priceAlone, times, walletAlone, whyNotAlone } from "./price";
import type { Alone } from "./snapshot";

const goods = (over: Partial<Goods> = {}): Goods => ({
  variant: "v1",
  product: "p1",
  name: "goods",
  initials: "g",
  sku: "G1",
  barcodes: [],
  kind: "goods",
  special: false,
  unit: "",
  price: 1_290,
  ...over,
});
const rules: Alone = {
  token: "t",
  expiresAt: 1_000_000,
  takenAt: 0,
  till: "t1",
  book: 1,
  policy: { enabled: true, hours: 24, sale_max: 100_000, wallet_max: 0, difference_max: 0, members: 0 },
  taxMode: "none",
  roundingUnit: 1,
};
const member = { id: "m" } as Cart["member"];

describe("the price that the till promises alone", () => {
  it("rounds half away from zero, once per line", () => {
    expect(times(1_290, 500)).toBe(645);
    expect(times(333, 500)).toBe(167);
    expect(times(99_999_999_999, 9_999_000)).toBe(999_899_999_990_001);
  });

  it("is the activity's while it runs, else the member's, never both", () => {
    const activity = { price: 1_000, from: 10, until: 20 };
    const cart = withGoods({ ...emptyCart(), member }, goods({ memberPrice: 1_200, activity }), 2_000);
    expect(priceAlone(cart, rules, 15).payable).toBe(2_000);
    expect(priceAlone(cart, rules, 20).payable).toBe(2_400);
    expect(priceAlone({ ...cart, member: undefined }, rules, 20).payable).toBe(2_580);
    const special = withGoods({ ...emptyCart(), member }, goods({ memberPrice: 1_200, special: true }));
    expect(priceAlone(special, rules, 0).payable).toBe(1_290);
  });

  it("rounds off so that every line's parts add up", () => {
    let cart = withGoods(emptyCart(), goods({ price: 333 }), 1_000);
    cart = withGoods(cart, goods({ variant: "v2", price: 777 }), 1_000);
    cart = withGoods(cart, goods({ variant: "v3", price: 1 }), 1_000);
    const priced = priceAlone(cart, { ...rules, roundingUnit: 10 }, 0);
    expect(priced.payable).toBe(1_110);
    for (const line of priced.lines) {
      expect(line.gross - line.parts.reduce((sum, part) => sum + part.amount, 0)).toBe(line.net);
      expect(line.net).toBeGreaterThanOrEqual(0);
    }
    expect(priced.lines.reduce((sum, line) => sum + line.net, 0)).toBe(priced.payable);
  });

  it("is given only where the merchant allows it", () => {
    const cart = withGoods(emptyCart(), goods());
    expect(whyNotAlone(cart, rules, 0)).toBeUndefined();
    expect(whyNotAlone(cart, undefined, 0)).toBe("unprepared");
    expect(whyNotAlone(cart, rules, 1_000_000)).toBe("over");
    expect(whyNotAlone(cart, { ...rules, policy: { ...rules.policy, enabled: false } }, 0)).toBe("off");
    expect(whyNotAlone(cart, { ...rules, policy: { ...rules.policy, sale_max: 1_289 } }, 0)).toBe("large");
    expect(whyNotAlone(cart, { ...rules, taxMode: "exclusive" }, 0)).toBe("tax");
  });
});

it("lets a wallet pay within the merchant's limit, and the same money once", () => {
  const policy = { wallet_max: 5_000 };
  expect(walletAlone(policy, 8_000, 0, 9_000)).toBe(5_000);
  expect(walletAlone(policy, 8_000, 5_000, 9_000)).toBe(3_000);
  expect(walletAlone(policy, 8_000, 9_000, 9_000)).toBe(0);
  expect(walletAlone(policy, 8_000, 0, 1_200)).toBe(1_200);
  expect(walletAlone(policy, undefined, 0, 9_000)).toBe(0);
  expect(walletAlone({ wallet_max: 0 }, 8_000, 0, 9_000)).toBe(0);
});
