import { api, type Schema } from "@shuke/api";

// The owner's figures, as the reports and the orders say them. Amounts are minor units.

export type Sold = Schema<"SoldRow">;
export type Received = Schema<"ReceivedRow">;
export type Consumed = Schema<"ConsumedRow">;

export interface Figures {
  sold: Sold[];
  received: Received[];
  consumed: Consumed[];
}

/** What was sold, what money came in, what prepaid value was used up, by day. */
export async function figuresOf(from: string, to: string, store: string | undefined): Promise<Figures> {
  const query = { params: { query: { from, to, store, by: "day" as const } } };
  const [sold, received, consumed] = await Promise.all([
    api.GET("/api/v1/reports/sold", query),
    api.GET("/api/v1/reports/received", query),
    api.GET("/api/v1/reports/consumed", query),
  ]);
  return {
    sold: (sold.data as Schema<"Report_SoldRow">).items,
    received: (received.data as Schema<"Report_ReceivedRow">).items,
    consumed: (consumed.data as Schema<"Report_ConsumedRow">).items,
  };
}

/** The sum of what rows come to. */
export function net(rows: { net: number }[]): number {
  return rows.reduce((sum, row) => sum + row.net, 0);
}

/** Sums by a key, in the order of the keys. */
export function by<Row extends { net: number }>(rows: Row[], key: (row: Row) => string): [string, number][] {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0) + row.net);
  return [...sums].sort(([a], [b]) => a.localeCompare(b));
}

/** What the orders of a period come to. */
export interface Orders {
  orders: number;
  members: number;
  total: number;
  /** There are more orders than were read. */
  more: boolean;
}

const PAGES_MAX = 10;

/** Reads the orders of a period; at most 2,000, the newest, and says so where there are more. */
export async function ordersOf(from: string, to: string, store: string | undefined): Promise<Orders> {
  const found = { orders: 0, members: 0, total: 0 };
  let cursor: string | undefined;
  let page = 0;
  do {
    const { data } = await api.GET("/api/v1/orders", { params: { query: { from, to, store, cursor, limit: 200 } } });
    for (const order of data?.items ?? []) {
      found.orders += 1;
      found.members += order.member ? 1 : 0;
      found.total += order.total - order.refunded;
    }
    cursor = data?.next ?? undefined;
    page += 1;
  } while (cursor && page < PAGES_MAX);
  return { ...found, more: Boolean(cursor) };
}
