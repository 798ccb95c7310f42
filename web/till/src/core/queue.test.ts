import "fake-indexeddb/auto";
import { Problem } from "@shuke/api";
import { beforeEach, expect, it, vi } from "vitest";

const post = vi.hoisted(() => vi.fn());
vi.mock("@shuke/api", async (original) => ({
  ...(await original<typeof import("@shuke/api")>()),
  api: { POST: post, GET: vi.fn(), use: vi.fn() },
}));

import { connected } from "./connection";
import { db, openDatabase, type QueuedSale } from "./db";
import { flush, sell } from "./queue";

const sale = (id: string, at = 1): QueuedSale => ({
  id,
  key: `key-${id}`,
  state: "waiting",
  at,
  till: "t",
  tries: 0,
  body: { id } as QueuedSale["body"],
  shown: { lines: [], total: 100, by: "" },
});
const offline = () => new Problem("offline", 0);
const refusal = (code: string) => new Problem(code, 422);

beforeEach(async () => {
  openDatabase(1);
  await db().sales.clear();
  connected.set(true);
  post.mockReset();
  vi.stubGlobal("navigator", {
    ...navigator,
    onLine: true,
    locks: { request: (_: string, __: object, work: (lock: object) => Promise<void>) => work({}) },
  });
});

it("writes a sale down before it sends it, and lets go of it when the server has it", async () => {
  post.mockImplementation(async () => {
    expect(await db().sales.get("a"), "it is there before the request leaves").toBeDefined();
    return { data: { id: "a" } };
  });
  expect(await sell(sale("a"))).toEqual({ kind: "done", order: { id: "a" } });
  expect(await db().sales.count()).toBe(0);
});

it("keeps a sale whose answer is unknown, and sends it again under the same key", async () => {
  post.mockRejectedValueOnce(offline()).mockResolvedValueOnce({ data: { id: "a" } });
  expect((await sell(sale("a"))).kind).toBe("waiting");
  expect(await db().sales.count()).toBe(1);
  await flush();
  expect(await db().sales.count()).toBe(0);
  const keys = post.mock.calls.map(([, init]) => init.params.header["Idempotency-Key"]);
  expect(keys).toEqual(["key-a", "key-a"]);
});

it("leaves nothing behind where the server refused while the cashier stands there", async () => {
  post.mockRejectedValueOnce(refusal("price_changed"));
  const sold = await sell(sale("a"));
  expect(sold.kind).toBe("refused");
  expect(await db().sales.count()).toBe(0);
});

it("keeps what the server refuses later for a person, and goes on with the rest", async () => {
  connected.set(false);
  await sell(sale("a", 1));
  await sell(sale("b", 2));
  expect(post).not.toHaveBeenCalled();
  connected.set(true);
  post.mockRejectedValueOnce(refusal("coupon_used")).mockResolvedValueOnce({ data: { id: "b" } });
  await flush();
  expect((await db().sales.toArray()).map((one) => [one.id, one.state, one.problem?.code])).toEqual([
    ["a", "refused", "coupon_used"],
  ]);
});

it("stops at the first sale that can't be sent, so that the order stays", async () => {
  connected.set(false);
  await sell(sale("a", 1));
  await sell(sale("b", 2));
  post.mockRejectedValue(offline());
  await flush();
  expect(post).toHaveBeenCalledTimes(1);
  expect((await db().sales.toArray()).map((one) => one.state)).toEqual(["waiting", "waiting"]);
});
