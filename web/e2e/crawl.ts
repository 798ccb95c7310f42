import type { BrowserContext, Page } from "playwright-core";
import { watch } from "./faults";
import type { Shop } from "./shop";

/** Pages of one face that are opened at most. */
const PAGES_MAX = 60;

/** The page without what names one thing: pages that differ by an id only are one page. */
const kindOf = (path: string) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ":id").replace(/[?#].*$/, "");

async function settled(page: Page): Promise<void> {
  await page.locator("main, [role=main]").first().waitFor();
  await page.waitForFunction(
    () => !document.querySelector("[aria-busy=true], .ant-skeleton-active, .ant-spin-spinning"),
  );
}

/** Opens every kind of page that links lead to, and says what is wrong with each. */
export async function crawl(
  page: Page,
  start: string,
  look: (page: Page) => Promise<string[]>,
): Promise<{ pages: string[]; wrong: string[] }> {
  const faults = watch(page);
  const queue = [start];
  const seen = new Set<string>([kindOf(start)]);
  const pages: string[] = [];
  const wrong: string[] = [];
  const face = start.split("/")[1];
  for (let path = queue.shift(); path && pages.length < PAGES_MAX; path = queue.shift()) {
    await page.goto(path);
    await settled(page);
    pages.push(path);
    wrong.push(...(await look(page)).map((fault) => `${path}: ${fault}`));
    wrong.push(...faults.splice(0).map((fault) => `${path}: ${fault}`));
    const links = await page
      .locator(`a[href^="/${face}/"]`)
      .evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
    for (const link of links) {
      if (seen.has(kindOf(link))) continue;
      seen.add(kindOf(link));
      queue.push(link);
    }
  }
  return { pages, wrong };
}

/** A browser that shows a cookie. */
export async function signedIn(
  shop: Shop,
  cookie: string,
  options: Parameters<Shop["context"]>[0] = {},
): Promise<BrowserContext> {
  const context = await shop.context(options);
  const [name = "", ...value] = cookie.split("=");
  await context.addCookies([{ name, value: value.join("="), url: shop.url }]);
  return context;
}
