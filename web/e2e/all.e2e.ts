// Every page of every face that links lead to, in both languages, light and dark: no error, no serious
// accessibility fault, no raw key of a text.
import type { BrowserContext, Page } from "playwright-core";
import { expect, it } from "vitest";
import { en as cardEn } from "../card/src/texts/en";
import { zh as cardZh } from "../card/src/texts/zh";
import { zh as consoleZh } from "../console/src/texts/zh";
import { zh as uiZh } from "../packages/ui/src/texts/zh";
import { zh as tillZh } from "../till/src/texts/zh";
import { watch } from "./faults";
import { memberCookie } from "./member";
import { accessibilityFaults, openShop, type Shop, STEP_MS } from "./shop";

/** Pages of one face that are opened at most. */
const PAGES_MAX = 90;
/** What is opened over one tab of a page at most. */
const OPENED_MAX = 6;

let shop: Shop;
let owner: string;
let member: string;

openShop({ members: 40, months: 1 }, async (opened) => {
  shop = opened;
  owner = await shop.signIn("owner");
  const phone = "13900009999";
  await shop.call(owner, "POST", "/api/v1/members", { phone, name: "叶小满" });
  member = await memberCookie(shop, owner, phone);
});

function keysOf(texts: object, before = ""): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "object" && value !== null ? keysOf(value, `${before}${key}.`) : [`${before}${key}`],
  );
}
const KEYS = new Set(
  [consoleZh, tillZh, cardZh, uiZh].flatMap((texts) => keysOf(texts)).filter((key) => key.includes(".")),
);

/** Words of the page that are keys of texts. */
async function rawKeys(page: Page): Promise<string[]> {
  const words = ((await page.locator("body").textContent()) ?? "").match(/[a-zA-Z_]+(?:\.[a-zA-Z_]+)+/g) ?? [];
  return words.filter((word) => KEYS.has(word));
}

/** The page without what names one thing: pages that differ by an id only are one page. */
const kindOf = (path: string) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ":id").replace(/[?#].*$/, "");

async function settled(page: Page): Promise<void> {
  await page.locator("main, [role=main]").first().waitFor();
  await page.waitForFunction(
    () =>
      !document.querySelector("[aria-busy=true], .ant-skeleton-active, .ant-spin-spinning") &&
      // What still fades in is fainter than it will be.
      document.getAnimations().every((one) => one.playState !== "running"),
  );
}

/** What is wrong with the page as it is now. */
async function wrongWith(page: Page, where: string, faults: string[]): Promise<string[]> {
  return [
    ...(await accessibilityFaults(page)),
    ...(await rawKeys(page)).map((key) => `the key ${key} is shown`),
    ...faults.splice(0),
  ].map((fault) => `${where}: ${fault}`);
}

const DIALOG = "[role=dialog]:visible";

/** What the page has asked for and not yet been answered. */
function asked(page: Page): Set<object> {
  const open = new Set<object>();
  page.on("request", (request) => open.add(request));
  for (const end of ["requestfinished", "requestfailed"] as const)
    page.on(end as "requestfinished", (request) => open.delete(request));
  return open;
}

/** Frames in which a page shows what a press opens; a slow machine takes longer for as many. */
const FRAMES = 24;

/** Whether something opened over the page, once it has had its files, its answers and its time to draw. */
async function opens(page: Page, open: Set<object>): Promise<boolean> {
  const until = Date.now() + STEP_MS;
  for (let quiet = 0; quiet < 2 && Date.now() < until; ) {
    await page
      .evaluate(
        (frames) =>
          new Promise<void>((done) => {
            let left = frames;
            const frame = () => (--left > 0 ? requestAnimationFrame(frame) : done());
            frame();
          }),
        FRAMES,
      )
      .catch(() => undefined);
    if ((await page.locator(DIALOG).count()) > 0) return true;
    quiet = open.size === 0 ? quiet + 1 : 0;
  }
  return false;
}

/** Presses what opens something over the page (the page's main buttons, a row's first), and looks at it. */
async function opened(
  page: Page,
  waiting: Set<object>,
  where: string,
  faults: string[],
  looked: string[],
  seen: Set<string>,
): Promise<string[]> {
  const wrong: string[] = [];
  const buttons = page.locator("main button.ant-btn:not([type=submit]):not(:disabled):visible");
  const names = await buttons.evaluateAll((all) => all.map((one) => one.textContent?.trim() ?? ""));
  let count = 0;
  for (const [at, name] of names.entries()) {
    if (!name || seen.has(name) || count >= OPENED_MAX) continue;
    seen.add(name);
    count += 1;
    const path = page.url();
    await buttons.nth(at).click();
    if (await opens(page, waiting)) {
      await settled(page);
      looked.push(`${where} [${name}]`);
      wrong.push(...(await wrongWith(page, `${where} [${name}]`, faults)));
      await page.keyboard.press("Escape");
      await page
        .locator(DIALOG)
        .first()
        .waitFor({ state: "hidden" })
        .catch(() => page.reload());
    }
    if (page.url() !== path) await page.goto(path);
    await settled(page);
    if ((await buttons.count()) !== names.length) break;
  }
  return wrong;
}

/** The tabs of the page, one after the other, each with what opens over it. */
async function states(
  page: Page,
  waiting: Set<object>,
  path: string,
  faults: string[],
  looked: string[],
): Promise<string[]> {
  const wrong: string[] = [];
  const seen = new Set<string>();
  const tabs = page.locator("main [role=tab]");
  for (let at = 0; at < Math.max(1, await tabs.count()); at++) {
    let where = path;
    if ((await tabs.count()) > 0) {
      await tabs.nth(at).click();
      await settled(page);
      where = `${path} ${await tabs.nth(at).textContent()}`;
      if (at > 0) looked.push(where);
      if (at > 0) wrong.push(...(await wrongWith(page, where, faults)));
    }
    wrong.push(...(await opened(page, waiting, where, faults, looked, seen)));
  }
  return wrong;
}

/** Opens every kind of page that links lead to, with its tabs and what opens over it where that is asked for; says what is wrong. */
async function crawl(
  page: Page,
  start: string,
  deep = false,
): Promise<{ pages: string[]; looked: string[]; wrong: string[] }> {
  const faults = watch(page);
  const waiting = asked(page);
  const queue = [start];
  const seen = new Set<string>([kindOf(start)]);
  const pages: string[] = [];
  const looked: string[] = [];
  const wrong: string[] = [];
  const face = start.split("/")[1];
  for (let path = queue.shift(); path && pages.length < PAGES_MAX; path = queue.shift()) {
    await page.goto(path);
    await settled(page);
    pages.push(path);
    wrong.push(...(await wrongWith(page, path, faults)));
    const links = await page
      .locator(`a[href^="/${face}/"]`)
      .evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
    for (const link of links) {
      if (seen.has(kindOf(link))) continue;
      seen.add(kindOf(link));
      queue.push(link);
    }
    if (deep) wrong.push(...(await states(page, waiting, path, faults, looked)));
  }
  return { pages, looked, wrong };
}

async function signedIn(cookie: string, options: Parameters<Shop["context"]>[0]): Promise<BrowserContext> {
  const context = await shop.context(options);
  const [name = "", ...value] = cookie.split("=");
  await context.addCookies([{ name, value: value.join("="), url: shop.url }]);
  return context;
}

const READERS = [
  { locale: "zh-CN", colorScheme: "light" },
  { locale: "en-GB", colorScheme: "dark" },
] as const;

for (const reader of READERS) {
  const how = `${reader.locale}, ${reader.colorScheme}`;
  it(`console: every page, its tabs and what opens over it (${how})`, { timeout: 1_800_000 }, async () => {
    const context = await signedIn(owner, reader);
    const { pages, looked, wrong } = await crawl(await context.newPage(), "/console/", true);
    expect(wrong, wrong.join("\n")).toEqual([]);
    expect(pages.length).toBeGreaterThan(25);
    expect(looked.length, looked.join("\n")).toBeGreaterThan(60);
    await context.close();
  });

  it(`till: every page (${how})`, { timeout: 600_000 }, async () => {
    const context = await signedIn(await shop.signIn("cashier"), reader);
    const { pages, wrong } = await crawl(await context.newPage(), "/till/");
    expect(wrong, wrong.join("\n")).toEqual([]);
    expect(pages.length).toBeGreaterThan(0);
    await context.close();
  });

  it(`card: every page (${how})`, { timeout: 600_000 }, async () => {
    const context = await signedIn(member, { ...reader, width: 360, height: 740 });
    const page = await context.newPage();
    const { pages, wrong } = await crawl(page, "/card/1");
    expect(wrong, wrong.join("\n")).toEqual([]);
    expect(pages.length).toBeGreaterThan(8);
    // Nothing sticks out at the side of a small phone.
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    const texts = reader.locale === "zh-CN" ? cardZh : cardEn;
    await page.getByRole("link", { name: texts.nav.me, exact: true }).waitFor();
    await context.close();
  });
}
