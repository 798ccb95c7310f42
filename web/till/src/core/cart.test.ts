import { expect, it } from "vitest";
import { emptyCart, withGoods, withMember, withoutLine, withPass, withQuantity } from "./cart";
import type { Goods } from "./db";

const goods = (variant: string): Goods => ({
  variant,
  product: variant,
  name: variant,
  initials: variant,
  sku: variant,
  barcodes: [],
  kind: "service",
  special: false,
  unit: "",
  price: 100,
});

it("the same goods again are more of the same line", () => {
  const cart = withGoods(withGoods(withGoods(emptyCart(), goods("a")), goods("b")), goods("a"), 2_000);
  expect(cart.lines.map((line) => [line.variant, line.quantityMilli])).toEqual([
    ["a", 3_000],
    ["b", 1_000],
  ]);
  expect(cart.selected).toBe(0);
});

it("nothing left of a line takes it away, and a barcode is no quantity", () => {
  const cart = withGoods(withGoods(emptyCart(), goods("a")), goods("b"));
  expect(withQuantity(cart, 1, 0).lines).toHaveLength(1);
  expect(withoutLine(withoutLine(cart, 0), 0).selected).toBe(-1);
  expect(withQuantity(cart, 0, 6_901_234_567_890_000).lines[0]?.quantityMilli).toBe(9_999_000);
});

it("another member takes neither passes nor coupons over", () => {
  const one = { id: "1" } as never;
  const cart = withPass(withMember(withGoods(emptyCart(), goods("a")), one), 0, { id: "p", name: "pass" });
  const chosen = { ...cart, coupons: { kind: "selected" as const, coupons: ["c"] }, points: { kind: "max" as const } };
  const other = withMember(chosen, { id: "2" } as never);
  expect(other.lines[0]?.pass).toBeUndefined();
  expect([other.coupons.kind, other.points.kind]).toEqual(["auto", "none"]);
  expect(withMember(chosen, one).lines[0]?.pass).toBeDefined();
});
