// What the till's tests do again and again: sign in, scan, wait for the price, look at the ledger.
import { randomUUID } from "node:crypto";
import type { BrowserContext, Page } from "playwright-core";
import { afterEach, expect } from "vitest";
import { accessibilityFaults, openShop, PASSWORD, type Shop, STEP_MS } from "./shop";

export interface Goods {
  variant: string;
  name: string;
  barcode: string;
  price: number;
}

export interface Member {
  id: string;
  number: string;
  phone: string;
}

interface Balances {
  points: { available: number };
  principal: { available: number };
  bonus: { available: number };
}

/** A till in a browser of its own, with everything that went wrong unseen. */
export interface TillPage {
  context: BrowserContext;
  page: Page;
  /** Errors of the page and failed requests; a test that expects none looks here. */
  faults: string[];
}

/** The shop of the file's tests, who is signed in there, and what it sells, cheapest first. */
export let shop: Shop;
export let owner: string;
export let cashier: string;
let stock: Goods[];
const opened: TillPage[] = [];

/** Goods of the shop by their place, cheapest first. */
export const item = (at: number): Goods => {
  const found = stock[at];
  if (!found) throw new Error(`the demo has no goods number ${at}`);
  return found;
};

/**
 * A shop for the tests of a file, who sells there, and what. The tills that a test opens are closed after it, and where
 * the network is not cut on purpose nothing may have gone wrong on them unseen.
 */
export function openCounter({ cut = false } = {}, prepare: () => Promise<void> = async () => undefined): void {
  afterEach(async () => {
    const tills = opened.splice(0);
    for (const { context } of tills) await context.close();
    if (!cut) expect(tills.flatMap(({ faults }) => faults)).toEqual([]);
  });
  openShop({}, async (fresh) => {
    shop = fresh;
    owner = await shop.signIn("owner");
    cashier = await shop.signIn("cashier");
    stock = await goods(shop, cashier);
    await prepare();
  });
}

let phones = 0;

/** A mobile number that nobody else in this file has. */
export function newPhone(): string {
  phones += 1;
  return `1390000${String(1000 + phones)}`;
}

export async function enrol(shop: Shop, cookie: string): Promise<Member> {
  const phone = newPhone();
  const made = await shop.call<{ id: string; number: string }>(cookie, "POST", "/api/v1/members", {
    id: randomUUID(),
    phone,
    name: "王小芳",
  });
  return { id: made.id, number: made.number, phone };
}

export const balances = (shop: Shop, cookie: string, member: Member) =>
  shop.call<Balances>(cookie, "GET", `/api/v1/members/${member.id}/balances`);

/** Plain goods with a barcode and without special prices, cheapest first. */
export async function goods(shop: Shop, cookie: string): Promise<Goods[]> {
  interface Row {
    name: string;
    kind: string;
    variants: { id: string; name: string; price: number; member_price: number | null; barcodes: string[] }[];
  }
  const { items } = await shop.call<{ items: Row[] }>(cookie, "GET", "/api/v1/products?limit=100&state=on_sale");
  return items
    .filter((product) => product.kind === "goods")
    .flatMap((product) =>
      product.variants.map((variant) => ({
        variant: variant.id,
        name: variant.name ? `${product.name} ${variant.name}` : product.name,
        barcode: variant.barcodes[0] ?? "",
        price: variant.price,
      })),
    )
    .filter((one) => one.barcode)
    .sort((a, b) => a.price - b.price);
}

type Cookies = Awaited<ReturnType<BrowserContext["cookies"]>>;

/** Who signed in already: every attempt counts against guessing, and a file's tests together would be a guesser's. */
const signedIn = new WeakMap<Shop, Map<string, Cookies>>();

/** Opens the till and signs in where that is asked for; the device stands at the first till of its store. */
export async function openTill(
  shop: Shop,
  options: { username?: string; locale?: string; width?: number; height?: number; colorScheme?: "light" | "dark" } = {},
  prepare: (context: BrowserContext) => Promise<void> = async () => undefined,
): Promise<TillPage> {
  const { username = "cashier", locale = "zh-CN", ...rest } = options;
  const context = await shop.context({ locale, ...rest });
  await prepare(context);
  const of = signedIn.get(shop) ?? new Map<string, Cookies>();
  signedIn.set(shop, of);
  await context.addCookies(of.get(username) ?? []);
  const page = await context.newPage();
  const faults: string[] = [];
  opened.push({ context, page, faults });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    // A question that the page took back is no fault.
    if (why !== "net::ERR_ABORTED") faults.push(`${request.method()} ${request.url()} ${why}`);
  });
  await page.goto("/till/");
  const zh = locale.startsWith("zh");
  const till = page.getByRole("group", { name: zh ? "收银台" : "Till", exact: true }).getByRole("button");
  const store = page.getByRole("group", { name: zh ? "门店" : "Store", exact: true }).getByRole("button");
  const name = page.getByLabel(zh ? "用户名" : "User name");
  await name.or(till).or(store).first().waitFor();
  if ((await name.count()) > 0) {
    await name.fill(username);
    await page.getByLabel(zh ? "密码" : "Password").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await till.or(store).first().waitFor();
    of.set(username, await context.cookies());
  }
  if ((await till.count()) === 0) await store.first().click();
  await till.first().click();
  await search(page).waitFor();
  return { context, page, faults };
}

export const search = (page: Page) => page.getByRole("combobox");

/** As a scanner does: fast, and Enter at the end. */
export async function scan(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

/** Waits until the price on the screen is that of the cart, and answers it in minor units. */
export async function price(page: Page): Promise<number> {
  const total = page.locator(".totals[aria-busy=false] strong");
  await total.waitFor();
  await expect.poll(async () => page.locator(".lines").getAttribute("aria-busy"), { timeout: STEP_MS }).toBe("false");
  return minor(await total.textContent());
}

/** `¥1,234.50` in minor units. */
export function minor(text: string | null): number {
  const digits = (text ?? "").replace(/[^\d.−-]/g, "").replace("−", "-");
  return Math.round(Number(digits) * 100);
}

/** How many lines the cart has. */
export async function lines(page: Page, count: number): Promise<void> {
  await expect.poll(() => page.locator(".line").count(), { timeout: STEP_MS }).toBe(count);
}

/** Finds the member whose phone ends so, and waits for what the till knows about them. */
export async function identify(page: Page, member: Member): Promise<void> {
  await scan(page, member.phone);
  await page.getByRole("complementary").getByText(member.number).waitFor();
}

/** The axe faults of the page as it is now. */
export async function accessible(page: Page, where: string): Promise<void> {
  expect(await accessibilityFaults(page), where).toEqual([]);
}
