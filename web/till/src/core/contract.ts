// Operations for tills that are newer than the document that the client was generated from: their shapes as
// the server sends them, and a client for them. A server without them answers 404.
import { api, type Schema } from "@shuke/api";

export interface OfflinePolicy {
  enabled: boolean;
  hours: number;
  sale_max: number;
  wallet_max: number;
  difference_max: number;
  members: number;
}

export interface Snapshot {
  token: string;
  issued_at: number;
  expires_at: number;
  policy: OfflinePolicy;
  till: { id: string };
  book: number;
  rules?: {
    merchant: Schema<"Merchant">;
    products: Schema<"Product">[];
    store_prices: { variant: string; price: number }[];
    rounding: "none" | "jiao" | "yuan";
    tax: { mode: Schema<"TaxMode"> };
  } | null;
  members: { member: Schema<"MemberBrief">; initials?: string | null; points: number; wallet: number }[];
}

export interface OfflineSale {
  id: string;
  at: number;
  snapshot: string;
  member?: string | null;
  lines: { variant: string; quantity_milli: number; unit_price: number; gross: number; net: number }[];
  payments: { tender: string; amount: number }[];
  total: number;
}

export interface OfflineConflict {
  code: string;
  detail: string;
  now?: number | null;
}

export interface OfflineRecord {
  sale: OfflineSale;
  state: "accepted" | "booked" | "waiting" | "settled" | "declined";
  conflicts: OfflineConflict[];
}

export interface ReceivedBatch {
  items: { id: string; state?: OfflineRecord["state"] | null; refused?: OfflineConflict | null }[];
}

export interface TillView {
  stage: Schema<"Stage">;
  days_since_last?: number | null;
  tags: string[];
  balances?: Schema<"Balances"> | null;
  tier?: Schema<"TierView"> | null;
  passes: Schema<"PassView">[];
  coupons: { id: string; name: string; expires_on: string; why_not?: Schema<"WhyNot"> | null }[];
  birthdays: { of: "member" | "dependent"; relation?: Schema<"Relation"> | null; in_days: number }[];
  children: { relation: Schema<"Relation">; months: number }[];
  notes: { id: string; text: string }[];
  starter_picks: { name: string }[];
  replenish: { variant: string; name: string; due_in_days: number }[];
}

/** Somebody who can sign in at a device with a PIN. */
export interface Person {
  id: string;
  name: string;
}

export interface DeviceView {
  people: Person[];
}

interface Ask {
  params?: { path?: Record<string, string>; query?: Record<string, unknown>; header?: Record<string, string> };
  body?: unknown;
  signal?: AbortSignal;
}

type Call = <T>(path: string, ask?: Ask) => Promise<{ data?: T; response: Response }>;

/** The same client, for operations that the document does not have yet. */
export const later = api as unknown as { GET: Call; POST: Call; PUT: Call };
