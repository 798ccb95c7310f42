// What was sold becomes findings, and findings become tags: the console's insight on a shop of some months.
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { watch } from "./faults";
import { accessibilityFaults, openShop, PASSWORD, type Shop } from "./shop";

/** An analysis of the small demo takes a second or two; a busy machine more. */
const RUN_MS = 90_000;

let shop: Shop;
openShop({ members: 60, months: 3 }, async (opened) => {
  shop = opened;
});

async function signIn(page: Page, username: string): Promise<void> {
  await page.goto("/console/");
  await page.getByLabel("用户名").fill(username);
  await page.getByLabel("密码").fill(PASSWORD);
  await page.getByRole("button", { name: /登\s?录/ }).click();
  await page.getByRole("navigation", { name: "菜单" }).waitFor();
}

/** Opens how the analysis is asked; the night may have found something already, then it is closed. */
async function ask(page: Page): Promise<void> {
  const form = page.locator("details", { has: page.getByText(/换个口径再算|选好口径，开始分析/) });
  await form.waitFor();
  if ((await form.getAttribute("open")) === null) await form.locator("summary").click();
}

/** Waits for the result that was asked for so. */
async function found(page: Page, asked: string): Promise<void> {
  await page.locator("option:checked", { hasText: asked }).waitFor({ state: "attached", timeout: RUN_MS });
  await page.getByRole("region", { name: "结论" }).waitFor();
}

/** Nothing moves any more, so that colours are what they will be. */
async function still(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      !document.querySelector("[aria-busy=true]") &&
      document.getAnimations().every((one) => one.playState !== "running"),
  );
}

it("finds who is worth the effort, and saves them as a tag that they carry", { timeout: 240_000 }, async () => {
  const context = await shop.context();
  const page = await context.newPage();
  const faults = watch(page);
  await signIn(page, "owner");
  await page.getByRole("navigation", { name: "菜单" }).getByRole("link", { name: "洞察" }).click();
  await page.getByRole("heading", { name: "洞察", level: 1 }).waitFor();
  await page.getByRole("link", { name: "谁值得花心思？" }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);

  await page.getByRole("link", { name: "谁值得花心思？" }).click();
  await page.getByRole("heading", { name: "RFM", level: 1 }).waitFor();
  await ask(page);
  await page.getByLabel("高低怎么分").selectOption("median");
  await page.getByRole("button", { name: "开始分析" }).click();
  await found(page, "高低怎么分 按中位");
  await page
    .getByRole("region", { name: "结论" })
    .getByText(/位顾客里/)
    .first()
    .waitFor();
  // The plot, the same in words, and the figures by which the cuts were made.
  const map = page.getByRole("region", { name: "八类会员各有多少人、占多少钱？" });
  expect(await map.getByRole("listitem").count()).toBe(8);
  await page.getByRole("img", { name: "近度和频次怎么分布？" }).locator("svg").waitFor();
  await page
    .getByRole("region", { name: "结论" })
    .getByText(/分界用/)
    .waitFor();
  const field = page.getByRole("region", { name: "近度和频次怎么分布？", exact: true });
  await field.getByText("看数字").click();
  await field.getByRole("rowheader", { name: "R5" }).waitFor();
  await still(page);
  expect(await accessibilityFaults(page)).toEqual([]);

  // The largest group becomes a tag.
  const groups = page.getByRole("region", { name: "找到的几类会员" });
  const row = groups.getByRole("row").nth(1);
  const [name = "", members = ""] = await row.getByRole("cell").allTextContents();
  await row.getByRole("button", { name: `把“${name}”存成标签` }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("标签名称").fill("洞察试一试");
  expect(await accessibilityFaults(page)).toEqual([]);
  await form.getByRole("button", { name: "存成标签" }).click();
  await row.getByText(`已存成标签“洞察试一试”，新打上${members}位`).waitFor({ timeout: RUN_MS });
  // They are to be called, each by their own store.
  await row.getByRole("button", { name: "安排回访" }).click();
  const arrange = page.getByRole("dialog", { name: "按标签安排回访" });
  await arrange.getByText("洞察试一试").waitFor();
  await arrange.getByLabel("回访事由").fill("流失挽回");
  await arrange.getByRole("button", { name: "安排回访" }).click();
  await page.getByRole("dialog", { name: `已安排回访${members}位` }).waitFor();
  await page.keyboard.press("Escape");
  await row.getByRole("link", { name: "看这些会员" }).click();
  await page.getByRole("heading", { name: "会员", level: 1 }).waitFor();
  await page.waitForURL(/tag=/);
  const tag = new URL(page.url()).searchParams.get("tag");
  const owner = await shop.signIn("owner");
  const tagged = await shop.call<{ items: { id: string }[] }>(owner, "GET", `/api/v1/members?tag=${tag}&limit=200`);
  expect(tagged.items.length).toBe(Number(members));
  await page.getByRole("table").getByRole("row").nth(Number(members)).waitFor();

  // And a coupon for them: the form of a new one says for whom.
  await page.goBack();
  await row.getByRole("link", { name: "做张券发给他们" }).click();
  await page.getByText("就能发给有“洞察试一试”标签的会员").waitFor();
  await page.getByLabel("名称").fill("回来看看");
  await page.getByRole("button", { name: /保\s?存/ }).click();
  await page.getByRole("button", { name: /发\s?布/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /发\s?布/ })
    .click();
  await page
    .getByRole("button", { name: /发\s?券/ })
    .first()
    .click();
  const issue = page.getByRole("dialog");
  expect(await issue.getByLabel("发给谁").inputValue()).toBe("tag");
  await issue.getByRole("button", { name: /保\s?存/ }).click();
  await page.getByText(`已发 ${members}`, { exact: false }).first().waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it("shows who moved between stages; a run that is left goes on", { timeout: 240_000 }, async () => {
  const context = await shop.context({ colorScheme: "dark" });
  const page = await context.newPage();
  const faults = watch(page);
  await signIn(page, "marketer");
  await page.goto("/console/insight/stages");
  await ask(page);
  await page.getByLabel("几个月内来过算活跃").fill("1");
  await page.getByLabel("几个月内算边缘").fill("2");
  await page.getByLabel(/几个月内算沉睡/).fill("3");
  await page.getByRole("button", { name: "开始分析" }).click();
  await page.getByText("开始算了").waitFor();
  // Somewhere else and back: the result is there.
  await page.goto("/console/insight");
  await page.goto("/console/insight/stages");
  await found(page, "几个月内来过算活跃 1");
  await page.getByRole("img", { name: "谁从哪个阶段去了哪个阶段？" }).locator("svg").waitFor();
  const flow = page.getByRole("region", { name: "谁从哪个阶段去了哪个阶段？", exact: true });
  await flow.getByText("看数字").click();
  await flow.getByRole("columnheader", { name: "流失" }).waitFor();
  await page.getByText("怎么算的，什么时候别信").click();
  await page.getByText(/1、2、3 个月为界/).waitFor();
  await still(page);
  expect(await accessibilityFaults(page)).toEqual([]);
  const taken = page.waitForEvent("download");
  await page.getByRole("button", { name: "下载报告" }).click();
  expect((await taken).suggestedFilename()).toMatch(/^stages-\d{4}-\d{2}-\d{2}\.html$/);
  expect(faults).toEqual([]);
  await context.close();
});

it("says what is wrong with a question, and keeps what was typed", { timeout: 240_000 }, async () => {
  const context = await shop.context();
  const page = await context.newPage();
  await signIn(page, "marketer");
  await page.goto("/console/insight/clusters");
  await ask(page);
  await page.getByLabel("分成几群").fill("99");
  await page.getByRole("button", { name: "开始分析" }).click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.keyboard.press("Escape");
  expect(await page.getByLabel("分成几群").inputValue()).toBe("99");
  await page.goto("/console/insight/portrait");
  await page.getByRole("button", { name: "开始分析" }).click();
  await page.getByText("这一项要填").waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await context.close();
});

it("is not there for a cashier", { timeout: 240_000 }, async () => {
  const context = await shop.context();
  const page = await context.newPage();
  await signIn(page, "cashier");
  const menu = page.getByRole("navigation", { name: "菜单" });
  await menu.getByRole("link").first().waitFor();
  expect(await menu.getByRole("link", { name: "洞察" }).count()).toBe(0);
  await context.close();
});
