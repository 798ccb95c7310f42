// Text that would run if it were markup, in every text that people enter: it is shown as it was typed, on every page of
// every face, and nothing of it runs.
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { crawl, signedIn } from "./crawl";
import { memberCookie } from "./member";
import { openShop, type Shop } from "./shop";

/** Where little may be typed, and where more may. */
const SHORT = "<svg onload=ran=2>";
const EVIL = `"><img src=x onerror=ran=1>`;
const PHONE = "13900008888";

let shop: Shop;
let owner: string;
let member: string;

interface Named {
  id: string;
}

/** One of everything that has a text of somebody's, with that text. */
async function plant(): Promise<void> {
  const post = <T = Named>(path: string, body: unknown) => shop.call<T>(owner, "POST", `/api/v1${path}`, body);
  const id = () => crypto.randomUUID().replace(/^(.{14})./, "$17");
  const { items: stores } = await shop.call<{ items: Named[] }>(owner, "GET", "/api/v1/stores");
  const store = stores[0]?.id ?? "";
  await shop.call(owner, "PUT", `/api/v1/stores/${store}`, { name: EVIL, address: EVIL, region: EVIL });
  await post("/staff", { username: "evil", name: EVIL, role: "cashier", password: "right horse", stores: null });
  const known = await post<{ id: string }>("/members", {
    phone: PHONE,
    name: EVIL,
    note: EVIL,
    email: "a@shop.example",
  });
  await post(`/members/${known.id}/notes`, { text: EVIL });
  await post(`/members/${known.id}/dependents`, { relation: "child", name: SHORT, born_on: "2026-01-02" });
  await post(`/members/${known.id}/contacts`, { channel: "sms", kind: "talk", subject: EVIL, outcome: "answered" });
  const tag = await post("/tags", { name: EVIL });
  await shop.call(owner, "PATCH", `/api/v1/tags/${tag.id}/members`, { give_to: [known.id] });
  await post("/fields", { key: "evil", label: EVIL, kind: "text" });
  await post("/categories", { name: EVIL });
  const variants = [{ sku: "EVIL", name: EVIL, price: 5_000, barcodes: ["6901234567890"], track_stock: false }];
  const product = await post<{ variants: Named[] }>("/products", {
    name: EVIL,
    brand: EVIL,
    unit: EVIL.slice(0, 8),
    kind: "goods",
    variants,
  });
  const terms = { benefit: { kind: "amount", off: 100 }, validity: { kind: "relative", days: 30 } };
  const template = await post("/coupon-templates", { id: id(), name: EVIL, terms, state: "published" });
  await post("/coupon-issues", { id: id(), template: template.id, members: [known.id], count: 1 });
  await post("/rewards", {
    id: id(),
    name: EVIL,
    terms: { points: 10, gives: { kind: "gift" } },
    state: "published",
    stock: 9,
  });
  await post("/terms", { version: "evil", title: EVIL, body: EVIL });
  const lines = [{ variant: product.variants[0]?.id, quantity_milli: 1_000 }];
  const cart = { store, member: known.id, lines, coupons: { kind: "none" } };
  const { quote } = await post<{ quote: { total: number } }>("/quotes", cart);
  const order = await post("/orders", { ...cart, id: id(), payments: [{ tender: "cash", amount: quote.total }] });
  await post("/refunds", { id: id(), order: order.id, reason: EVIL, lines: [{ line: 0, quantity_milli: 500 }] });
  await post("/held-carts", { id: id(), store, label: EVIL, cart: { lines } });
}

openShop({ members: 3, months: 1 }, async (opened) => {
  shop = opened;
  owner = await shop.signIn("owner");
  await plant();
  member = await memberCookie(shop, owner, PHONE);
});

let shown = 0;

/** What ran, and what became an element. */
async function look(page: Page): Promise<string[]> {
  const found = await page.evaluate((evil) => {
    const ran = (window as unknown as { ran?: number }).ran;
    const made = document.querySelectorAll("img[src=x], svg[onload]").length;
    return { ran, made, shown: (document.body.textContent ?? "").includes(evil) };
  }, EVIL);
  if (found.shown) shown += 1;
  const wrong: string[] = [];
  if (found.ran !== undefined) wrong.push(`a stored text ran (${found.ran})`);
  if (found.made > 0) wrong.push(`a stored text became ${found.made} elements`);
  return wrong;
}

it("runs nowhere", { timeout: 600_000 }, async () => {
  const faces: [string, string, object][] = [
    [owner, "/console/", {}],
    [await shop.signIn("cashier"), "/till/", {}],
    [member, "/card/1", { width: 360, height: 740 }],
  ];
  for (const [cookie, start, options] of faces) {
    const context = await signedIn(shop, cookie, options);
    // What a page asks for and the policy forbids is written to the console, and the crawl says so.
    const { pages, wrong } = await crawl(await context.newPage(), start, look);
    expect(wrong, start).toEqual([]);
    expect(pages.length).toBeGreaterThan(0);
    await context.close();
  }
  // It was there to run.
  expect(shown).toBeGreaterThan(5);
});

it("would be stopped by the policy of the page", async () => {
  const context = await signedIn(shop, owner);
  const page = await context.newPage();
  await page.goto("/console/");
  // As if a page had made markup of it after all.
  const ran = await page.evaluate(async (evil) => {
    const place = document.createElement("div");
    place.innerHTML = evil;
    document.body.append(place);
    await new Promise((later) => setTimeout(later, 500));
    return (window as unknown as { ran?: number }).ran;
  }, EVIL);
  expect(ran).toBeUndefined();
  await context.close();
});
