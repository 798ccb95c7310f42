// How a sale is put together from payments. Pure; amounts are minor units.
import type { Schema } from "@shuke/api";

/** What a payment is taken in here; passes and gift cards pay in their own ways. */
export type PayTender = Schema<"TopUpTender"> | "wallet";

export interface Paying {
  tender: PayTender;
  amount: number;
}

export interface PayingCard {
  card: string;
  /** Its last characters, to tell cards apart. */
  ending: string;
  amount: number;
}

export interface Bill {
  /** To be paid in all. */
  payable: number;
  paidByPasses: number;
  /** What goods that come back pay. */
  carried: number;
  payments: Paying[];
  cards: PayingCard[];
}

/** What is still to be paid. */
export function restOf(bill: Bill): number {
  const paid = [...bill.payments, ...bill.cards].reduce((sum, one) => sum + one.amount, 0);
  return bill.payable - bill.paidByPasses - bill.carried - paid;
}

/** A payment of one more tender: the same tender twice is one payment. */
export function withPayment(payments: Paying[], tender: PayTender, amount: number): Paying[] {
  if (amount <= 0) return payments;
  const before = payments.find((one) => one.tender === tender);
  return before
    ? payments.map((one) => (one === before ? { tender, amount: one.amount + amount } : one))
    : [...payments, { tender, amount }];
}

/** Cash handed over: what of it pays, and what goes back. */
export function cashOver(rest: number, received: number | undefined): { pays: number; change: number } {
  const given = received ?? rest;
  return { pays: Math.min(given, rest), change: Math.max(0, given - rest) };
}

/** Amounts that a customer would hand over: exact, and rounded up to the next notes. */
export function likelyNotes(rest: number, decimals: number): number[] {
  if (rest <= 0) return [];
  const unit = 10 ** decimals;
  const rounded = [5, 10, 20, 50, 100].map((note) => Math.ceil(rest / (note * unit)) * note * unit);
  return [...new Set(rounded)].filter((amount) => amount > rest).slice(0, 4);
}

/** What can be paid with: the wallet where it may pay something now. */
export function tendersFor(wallet: number): PayTender[] {
  const outside: PayTender[] = ["wechat_pay", "alipay", "bank_card", "other"];
  return wallet > 0 ? ["cash", "wallet", ...outside] : ["cash", ...outside];
}
