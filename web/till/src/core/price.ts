// What a cart costs: asked of the server, or, while that is out of reach, the little that the till may
// decide alone. There is one price engine and it runs on the server; the till never imitates it. Alone it
// knows list, activity and member prices, and says on the screen that offers, coupons, points, wallet and
// passes have to wait.
import type { Schema } from "@shuke/api";
import type { Cart } from "./cart";
import type { Alone } from "./snapshot";

export type Part = Pick<Schema<"Saving">, "stage" | "name" | "reason"> & { amount: number };

export type WhyNotAlone = "exchange" | "unprepared" | "off" | "over" | "pass" | "gift" | "tax" | "large";

export interface PricedLine {
  unitPrice: number;
  gross: number;
  net: number;
  parts: Part[];
  onHandMilli?: number | undefined;
  /** What a kit is made of, each with thousandths of a piece in one kit. */
  kit?: { name: string; quantity_milli: number }[] | undefined;
}

export interface Priced {
  /** Which cart this is the price of. */
  of: string;
  lines: PricedLine[];
  gross: number;
  saved: number;
  payable: number;
  tax: number;
  taxMode: Schema<"TaxMode">;
  paidByPasses: number;
  earns?: number | undefined;
  wallet?: Schema<"WalletQuote"> | undefined;
  /** The server's whole answer; none where the till priced alone. */
  reply?: Schema<"QuoteReply"> | undefined;
}

/** What tells two carts apart for pricing. */
export function signature(cart: Cart): string {
  const lines = cart.lines.map((line) => [line.variant, line.quantityMilli, line.pass?.id ?? "", line.gift ?? ""]);
  return JSON.stringify([lines, cart.member?.id ?? "", cart.coupons, cart.points]);
}

export function pricedBy(reply: Schema<"QuoteReply">, of: string): Priced {
  const { quote } = reply;
  const lines = quote.lines.map((line, at) => ({
    unitPrice: reply.goods[at]?.unit_price ?? 0,
    gross: line.gross,
    net: line.net,
    onHandMilli: reply.goods[at]?.on_hand_milli ?? undefined,
    kit: reply.goods[at]?.parts,
    parts: quote.savings
      .map(({ stage, name, reason, shares }) => ({ stage, name, reason, amount: shares[at] ?? 0 }))
      .filter((part) => part.amount > 0),
  }));
  return {
    of,
    lines,
    gross: quote.gross,
    saved: quote.gross - quote.total,
    payable: reply.payable,
    tax: reply.tax,
    taxMode: reply.tax_mode,
    paidByPasses: reply.paid_by_passes,
    earns: reply.earns.points,
    wallet: reply.wallet ?? undefined,
    reply,
  };
}

/** Price times quantity in minor units, half away from zero, without a float between. */
export function times(price: number, quantityMilli: number): number {
  const product = BigInt(price) * BigInt(quantityMilli);
  const half = product < 0n ? -500n : 500n;
  return Number((product + half) / 1_000n);
}

/** Takes what is over a unit off the lines, by largest remainder, so that the shares add up to it. */
function roundOff(lines: PricedLine[], unit: number): void {
  const total = lines.reduce((sum, line) => sum + line.net, 0);
  const over = total % unit;
  if (over === 0 || total === 0) return;
  const exact = lines.map((line) => BigInt(over) * BigInt(line.net));
  const shares = exact.map((part) => Number(part / BigInt(total)));
  let left = over - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = exact
    .map((part, at) => ({ at, remainder: part % BigInt(total) }))
    .sort((a, b) => (a.remainder === b.remainder ? a.at - b.at : a.remainder < b.remainder ? 1 : -1));
  for (const { at } of byRemainder) {
    if (left === 0) break;
    shares[at] = (shares[at] ?? 0) + 1;
    left -= 1;
  }
  lines.forEach((line, at) => {
    const amount = shares[at] ?? 0;
    if (amount === 0) return;
    line.net -= amount;
    line.parts.push({ stage: "rounding", name: "", reason: { code: "rounded_off", unit }, amount });
  });
}

/** The price that the till may promise alone; `roundingUnit` in minor units. */
export function priceAlone(
  cart: Cart,
  { taxMode, roundingUnit }: Pick<Alone, "taxMode" | "roundingUnit">,
  now: number,
): Priced {
  const lines = cart.lines.map(({ goods, quantityMilli }): PricedLine => {
    const gross = times(goods.price, quantityMilli);
    const parts: Part[] = [];
    const { activity } = goods;
    const runs = activity && (activity.from ?? 0) <= now && now < (activity.until ?? Number.MAX_SAFE_INTEGER);
    if (runs && activity.price < goods.price) {
      const amount = gross - times(activity.price, quantityMilli);
      parts.push({ stage: "activity", name: "", reason: { code: "activity_price" }, amount });
    } else if (cart.member && !goods.special && goods.memberPrice !== undefined && goods.memberPrice < goods.price) {
      const amount = gross - times(goods.memberPrice, quantityMilli);
      parts.push({ stage: "member", name: "", reason: { code: "member_price" }, amount });
    }
    const net = gross - parts.reduce((sum, part) => sum + part.amount, 0);
    return { unitPrice: goods.price, gross, net, parts };
  });
  roundOff(lines, roundingUnit);
  const sum = (of: (line: PricedLine) => number) => lines.reduce((total, line) => total + of(line), 0);
  const [gross, payable] = [sum((line) => line.gross), sum((line) => line.net)];
  return { of: signature(cart), lines, gross, payable, saved: gross - payable, tax: 0, taxMode, paidByPasses: 0 };
}

/**
 * What a wallet may pay of a sale while the server is out of reach: what it held when it was last seen, less
 * what sales that wait took of it, within the merchant's limit.
 */
export function walletAlone(
  policy: Pick<Alone["policy"], "wallet_max">,
  held: number | undefined,
  waiting: number,
  payable: number,
): number {
  return Math.max(0, Math.min(policy.wallet_max, (held ?? 0) - waiting, payable));
}

/** Why the till can't sell this cart alone; undefined where it can. */
export function whyNotAlone(cart: Cart, rules: Alone | undefined, now: number): WhyNotAlone | undefined {
  if (!rules) return "unprepared";
  if (!rules.policy.enabled) return "off";
  if (now >= rules.expiresAt) return "over";
  if (cart.exchange) return "exchange";
  if (cart.lines.some((line) => line.pass)) return "pass";
  if (cart.lines.some((line) => line.gift)) return "gift";
  // Where tax comes on top, only the server knows every line's rate.
  if (rules.taxMode === "exclusive") return "tax";
  return priceAlone(cart, rules, now).payable > rules.policy.sale_max ? "large" : undefined;
}
