// What this till keeps in the browser, one database per merchant: the catalogue and the members as they
// were last seen, the cart of the moment, and every sale until the server has it.
import type { Schema } from "@shuke/api";
import Dexie, { type EntityTable } from "dexie";

/** A variant with its product's words, as the search field finds it. */
export interface Goods {
  variant: string;
  product: string;
  name: string;
  initials: string;
  sku: string;
  barcodes: string[];
  category?: string | undefined;
  /** `goods` or `service`. */
  kind: Schema<"ProductKind">;
  special: boolean;
  unit: string;
  /** Minor units for one piece. */
  price: number;
  memberPrice?: number | undefined;
  activity?: { price: number; from?: number | undefined; until?: number | undefined } | undefined;
}

/** A member who was at this till lately: enough to go on selling to while the server is out of reach. */
export interface KnownMember {
  id: string;
  number: string;
  name?: string | undefined;
  phone?: string | undefined;
  /** Of the name, lower case. */
  initials?: string | undefined;
  /** What the wallet held when the snapshot was taken, in minor units. */
  wallet?: number | undefined;
  points?: number | undefined;
  seenAt: number;
  brief: Schema<"MemberBrief">;
}

/** `waiting` to be sent, or `refused` by the server: then a person has to look. */
export type SaleState = "waiting" | "refused";

/** What the customer was shown, so that a receipt and a list can say it without the server. */
export interface ShownSale {
  lines: { name: string; quantityMilli: number; net: number }[];
  total: number;
  member?: string | undefined;
  /** Cash handed over, in minor units. */
  received?: number | undefined;
  payments?: { tender: string; amount: number }[] | undefined;
  /** Who sold. */
  by: string;
}

/** A sale on its way to the server. It is written before it is sent, and goes when the server has answered. */
export interface QueuedSale {
  /** The order's id. */
  id: string;
  /** The key that makes it happen once. */
  key: string;
  state: SaleState;
  at: number;
  /** A sale that the server priced. */
  body?: Schema<"Checkout"> | undefined;
  /** A sale that the till made alone, as it was promised to the customer. */
  offline?: Schema<"OfflineSale"> | undefined;
  /** The till that made it. */
  till: string;
  shown: ShownSale;
  tries: number;
  problem?: { code: string; status: number; detail: string } | undefined;
}

export interface Kept {
  key: string;
  value: unknown;
}

type TillDatabase = Dexie & {
  goods: EntityTable<Goods, "variant">;
  members: EntityTable<KnownMember, "id">;
  sales: EntityTable<QueuedSale, "id">;
  kept: EntityTable<Kept, "key">;
};

let opened: TillDatabase | undefined;

/** Opens the merchant's database; what another merchant's staff left behind is in another one. */
export function openDatabase(merchant: number): TillDatabase {
  const name = `shuke-till-${merchant}`;
  if (opened?.name === name) return opened;
  opened?.close();
  opened = new Dexie(name) as TillDatabase;
  opened.version(1).stores({
    goods: "variant, *barcodes, sku, initials, category",
    members: "id, number, seenAt",
    sales: "id, state, at",
    kept: "key",
  });
  return opened;
}

/** The open database. */
export function db(): TillDatabase {
  if (!opened) throw new Error("the till's database is not open yet");
  return opened;
}

export async function keep(key: string, value: unknown): Promise<void> {
  await db().kept.put({ key, value });
}

export async function kept<T>(key: string): Promise<T | undefined> {
  return (await db().kept.get(key))?.value as T | undefined;
}
