import { api, type Schema } from "@shuke/api";

// The owner's figures out of what the ledger and the orders say. Amounts are minor units.

type Row = Schema<"Turnover">;

/** Accounts that hold money which customers really paid. */
const MONEY = ["cash", "wechat_pay", "alipay", "bank_card", "other_tender"];

const net = (rows: Row[], accounts: string[]) =>
  rows.filter((row) => accounts.includes(row.account)).reduce((sum, row) => sum + row.debits - row.credits, 0);

/** What was sold: revenue less what was taken back. */
export function sold(rows: Row[]): number {
  return -net(rows, ["revenue"]);
}

/** What money came in, less what was paid back. */
export function received(rows: Row[]): number {
  return net(rows, MONEY);
}

/** What came in by each tender, the largest first. */
export function tenders(rows: Row[]): [string, number][] {
  return MONEY.map((account): [string, number] => [account, net(rows, [account])])
    .filter(([, amount]) => amount !== 0)
    .sort((a, b) => b[1] - a[1]);
}

/** What the orders of a period come to. */
export interface Orders {
  orders: number;
  members: number;
  total: number;
  /** There are more orders than were read. */
  more: boolean;
  byDay: [date: string, amount: number][];
}

const PAGES_MAX = 15;

/** Reads the orders of a period; at most 3,000, and says so where there are more. */
export async function ordersOf(from: string, to: string, store: string | undefined): Promise<Orders> {
  const days = new Map<string, number>();
  const found = { orders: 0, members: 0, total: 0 };
  let cursor: string | undefined;
  let page = 0;
  do {
    const { data } = await api.GET("/api/v1/orders", { params: { query: { from, to, store, cursor, limit: 200 } } });
    for (const order of data?.items ?? []) {
      const amount = order.total - order.refunded;
      found.orders += 1;
      found.members += order.member ? 1 : 0;
      found.total += amount;
      days.set(order.date, (days.get(order.date) ?? 0) + amount);
    }
    cursor = data?.next ?? undefined;
    page += 1;
  } while (cursor && page < PAGES_MAX);
  return { ...found, more: Boolean(cursor), byDay: [...days].sort(([a], [b]) => a.localeCompare(b)) };
}
