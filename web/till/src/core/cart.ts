// The cart of the moment. Every change is written to the browser's database, so a reload loses nothing.
import { newId, type Schema } from "@shuke/api";
import { db, type Goods, keep, kept } from "./db";
import { createStore } from "./store";

export type Brief = Schema<"MemberBrief">;

export interface CartLine {
  key: string;
  variant: string;
  name: string;
  sku: string;
  kind: Schema<"ProductKind">;
  quantityMilli: number;
  /** The pass that pays this line. */
  pass?: { id: string; name: string } | undefined;
  /** The offer whose gift this line is. */
  gift?: string | undefined;
  goods: Goods;
}

/** Goods of an order that come back for those in the cart. */
export interface Exchanging {
  /** The exchange's id: it happens once under it, however often it is sent. */
  id: string;
  refund: Pick<Schema<"RefundAsk">, "id" | "order" | "lines" | "reason">;
  /** The order's number and buyer: the new goods go to the same member. */
  number: string;
  member?: string | undefined;
  goods: { name: string; quantityMilli: number }[];
  /** What comes back by its payments, in minor units. */
  back: Schema<"Payment">[];
}

export interface Cart {
  /** The id of the order that it will become. */
  id: string;
  lines: CartLine[];
  /** The line that quantity keys act on. */
  selected: number;
  member?: Brief | undefined;
  coupons: Schema<"CouponChoice">;
  points: Schema<"PointsChoice">;
  exchange?: Exchanging | undefined;
}

export const PIECE = 1_000;
/** The most pieces that one line takes: a barcode typed as a quantity is no quantity. */
const QUANTITY_MILLI_MAX = 9_999 * PIECE;

export function emptyCart(): Cart {
  return { id: newId(), lines: [], selected: -1, coupons: { kind: "auto" }, points: { kind: "none" } };
}

export const isEmpty = (cart: Cart) => cart.lines.length === 0 && !cart.member && !cart.exchange;

/** What of the goods that come back pays for new ones; what a pass or a gift card paid goes back to it. */
export const carriedOver = (exchange: Exchanging | undefined, due: number) =>
  Math.min(
    (exchange?.back ?? [])
      .filter((one) => one.tender !== "pass" && one.tender !== "gift_card")
      .reduce((sum, one) => sum + one.amount, 0),
    due,
  );

/** What comes back in all, in minor units. */
export const givenUp = (exchange: Exchanging | undefined) =>
  (exchange?.back ?? []).reduce((sum, one) => sum + one.amount, 0);

/** Puts goods into the cart: onto the line that has them already, or on a new one. */
export function withGoods(cart: Cart, goods: Goods, quantityMilli = PIECE): Cart {
  const at = cart.lines.findIndex((line) => line.variant === goods.variant && !line.pass && !line.gift);
  if (at >= 0) return withQuantity({ ...cart, selected: at }, at, (cart.lines[at]?.quantityMilli ?? 0) + quantityMilli);
  const line: CartLine = {
    key: newId(),
    variant: goods.variant,
    name: goods.name,
    sku: goods.sku,
    kind: goods.kind,
    quantityMilli: Math.min(quantityMilli, QUANTITY_MILLI_MAX),
    goods,
  };
  return { ...cart, lines: [...cart.lines, line], selected: cart.lines.length };
}

/** Puts a gift into the cart, on a line of its own. */
export function withGift(
  cart: Cart,
  goods: Goods,
  { gift, quantityMilli }: Pick<CartLine, "gift" | "quantityMilli">,
): Cart {
  const { variant, name, sku, kind } = goods;
  const line: CartLine = { key: newId(), variant, name, sku, kind, quantityMilli, gift, goods };
  return { ...cart, lines: [...cart.lines, line] };
}

/** Sets a line's quantity; nothing left takes the line away. */
export function withQuantity(cart: Cart, at: number, quantityMilli: number): Cart {
  if (quantityMilli <= 0) return withoutLine(cart, at);
  const bounded = Math.min(Math.round(quantityMilli), QUANTITY_MILLI_MAX);
  return {
    ...cart,
    lines: cart.lines.map((line, index) => (index === at ? { ...line, quantityMilli: bounded } : line)),
  };
}

export function withoutLine(cart: Cart, at: number): Cart {
  const lines = cart.lines.filter((_, index) => index !== at);
  return { ...cart, lines, selected: Math.min(Math.max(0, at - 1), lines.length - 1) };
}

/** Another member: what belonged to the one before is taken off. */
export function withMember(cart: Cart, member: Brief | undefined): Cart {
  if (member?.id === cart.member?.id) return { ...cart, member };
  // Goods that a member brought back are exchanged with that member.
  if (cart.exchange?.member) return cart;
  return {
    ...cart,
    member,
    coupons: { kind: "auto" },
    points: { kind: "none" },
    lines: cart.lines.map(({ pass: _, ...line }) => line),
  };
}

/** One pass visit pays one whole line; of a larger line one piece is split off. */
export function withPass(cart: Cart, at: number, pass: { id: string; name: string } | undefined): Cart {
  const line = cart.lines[at];
  if (!line) return cart;
  return { ...cart, lines: cart.lines.map((other, index) => (index === at ? { ...other, pass } : other)) };
}

/** The lines as the server takes them. */
export function linesOf(cart: Cart): Schema<"CheckoutLine">[] {
  return cart.lines.map((line) => ({
    variant: line.variant,
    quantity_milli: line.quantityMilli,
    ...(line.gift ? { gift: line.gift } : {}),
  }));
}

export function passesOf(cart: Cart): Schema<"PassUse">[] {
  return cart.lines.flatMap((line, at) => (line.pass ? [{ line: at, pass: line.pass.id }] : []));
}

/** The part of a cart that waits on the server, or is priced there. */
export function wishesOf(cart: Cart): Schema<"WaitingCart"> {
  return {
    lines: linesOf(cart),
    coupons: cart.coupons,
    points: cart.points,
    ...(cart.member ? { member: cart.member.id } : {}),
  };
}

export const cartStore = createStore<Cart>(emptyCart());
/** The cart that was cleared last, for as long as the corner offers it back. */
export const clearedCart = createStore<Cart | undefined>(undefined);

/** Brings back the cart that was on the screen, and keeps it from now on. */
export async function restoreCart(): Promise<void> {
  const before = await kept<Cart>("cart");
  const sold = before ? await db().sales.get(before.id) : undefined;
  if (before && !sold && isEmpty(cartStore.get())) cartStore.set(before);
  cartStore.subscribe(() => void keep("cart", cartStore.get()).catch(() => undefined));
}

/** Goods that come back, and an empty cart for those that go out; the cart before can be had back. */
export function beginExchange(exchange: Exchanging, member: Brief | undefined): void {
  clearCart();
  // A coupon is given back by the exchange itself: one that is held now is chosen by hand.
  cartStore.set({ ...emptyCart(), exchange, member, coupons: { kind: "none" } });
}

/** A clean till; what was in the cart can be had back. */
export function clearCart(): void {
  const now = cartStore.get();
  clearedCart.set(isEmpty(now) ? undefined : now);
  cartStore.set(emptyCart());
}
