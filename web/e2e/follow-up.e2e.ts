// Members are called: one from her page, called twice until she buys, and everybody with a tag at once.
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { watch } from "./faults";
import { accessibilityFaults, openShop, PASSWORD, type Shop } from "./shop";

let shop: Shop;
let owner: string;
let store: string;
openShop({ members: 20, months: 1 }, async (opened) => {
  shop = opened;
  owner = await shop.signIn("owner");
  const stores = await shop.call<{ items: { id: string }[] }>(owner, "GET", "/api/v1/stores");
  store = stores.items[0]?.id ?? "";
});

async function signIn(page: Page, username: string): Promise<void> {
  await page.goto("/console/");
  await page.getByLabel("用户名").fill(username);
  await page.getByLabel("密码").fill(PASSWORD);
  await page.getByRole("button", { name: /登\s?录/ }).click();
  await page.getByRole("navigation", { name: "菜单" }).waitFor();
}

async function enrol(name: string, phone: string): Promise<string> {
  return (await shop.call<{ id: string }>(owner, "POST", "/api/v1/members", { name, phone, store })).id;
}

it("calls a member until she buys", { timeout: 180_000 }, async () => {
  const member = await enrol("林秋月", "13900008801");
  const page = await (await shop.context()).newPage();
  const faults = watch(page);
  await signIn(page, "owner");
  await page.goto(`/console/members/${member}`);
  await page.getByRole("button", { name: "安排回访" }).click();
  const arrange = page.getByRole("dialog", { name: /^安排回访：/ });
  await arrange.getByLabel("回访事由").fill("七天穿着感受");
  await arrange.getByLabel("话术").fill("穿着合适吗？要不要换大一码？");
  expect(await accessibilityFaults(page)).toEqual([]);
  await arrange.getByRole("button", { name: "安排回访" }).click();
  await arrange.waitFor({ state: "detached" });

  // In the list she is masked, and nobody's yet; who takes her over sees the number.
  await page.getByRole("navigation", { name: "菜单" }).getByRole("link", { name: "回访" }).click();
  await page.getByRole("heading", { name: "回访", level: 1 }).waitFor();
  const row = page.getByRole("row", { name: /七天穿着感受/ });
  await row.getByRole("cell", { name: "139****8801" }).waitFor();
  await row.getByText("还没联系").waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await row.getByRole("button", { name: "林*月" }).click();
  const drawer = page.getByRole("dialog", { name: "回访：林*月" });
  await drawer.getByText("穿着合适吗？要不要换大一码？").waitFor();
  await drawer.getByRole("button", { name: "我来回访" }).click();
  await drawer.getByRole("button", { name: "我来回访" }).waitFor({ state: "detached" });
  await drawer.getByRole("button", { name: "看完整号码" }).click();
  await drawer.getByRole("link", { name: "+8613900008801" }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);

  // Nobody answers: another day.
  const day = (days: number) => new Date(Date.now() + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
  await drawer.getByLabel(/^结果/).selectOption("not_reached");
  await drawer.getByLabel("哪天再联系").fill(day(3));
  await drawer.getByRole("button", { name: "记下结果" }).click();
  const tries = drawer.getByRole("region", { name: "联系记录" });
  await tries.getByText(/电话 · 没接通/).waitFor();
  const open = await shop.call<{ items: { member: string; due_on: string; attempts: number }[] }>(
    owner,
    "GET",
    `/api/v1/follow-ups?state=open&member=${member}`,
  );
  expect(open.items.map((one) => [one.due_on, one.attempts])).toEqual([[day(3), 1]]);

  // She buys: it is done, and out of the list.
  await drawer.getByLabel(/^结果/).selectOption("bought");
  await drawer.getByLabel("客人怎么说").fill("买了大一码");
  await drawer.getByRole("button", { name: "记下结果" }).click();
  await tries.getByText(/电话 · 已购买/).waitFor();
  await tries.getByText("买了大一码").waitFor();
  await drawer.getByText("已完成").waitFor();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await row.waitFor({ state: "detached" });
  await page.getByLabel("状态", { exact: true }).selectOption("done");
  await page.getByRole("row", { name: /七天穿着感受.*已购买/ }).waitFor();
  expect(faults).toEqual([]);
});

it("makes calls of everybody with a tag, and says who is left out", { timeout: 180_000 }, async () => {
  const called = await enrol("周谷雨", "13900008802");
  const quiet = await enrol("吴清明", "13900008803");
  await shop.call(owner, "PUT", `/api/v1/members/${quiet}/consents`, { channels: { phone: false } });
  const tag = await shop.call<{ id: string }>(owner, "POST", "/api/v1/tags", { name: "流失要挽回" });
  await shop.call(owner, "PATCH", `/api/v1/tags/${tag.id}/members`, { give_to: [called, quiet] });
  const page = await (await shop.context()).newPage();
  const faults = watch(page);
  await signIn(page, "owner");
  await page.goto("/console/members/follow-ups");
  await page.getByRole("button", { name: "按标签安排回访" }).first().click();
  const arrange = page.getByRole("dialog", { name: "按标签安排回访" });
  await arrange.getByLabel("标签").click();
  await page.locator(".ant-select-item-option").filter({ hasText: "流失要挽回" }).click();
  await arrange.getByLabel("回访事由").fill("流失挽回");
  await arrange.getByRole("button", { name: "安排回访" }).click();
  const made = page.getByRole("dialog", { name: "已安排回访1位" });
  await made.getByText("1位说过别再联系").waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await made.getByRole("link", { name: "去看回访名单" }).click();
  await page.getByRole("row", { name: /周\*雨.*流失挽回/ }).waitFor();
  expect(await page.getByRole("row", { name: /吴\*明/ }).count()).toBe(0);

  // What waits is said on the first page, when its day has come.
  await shop.call(owner, "POST", "/api/v1/follow-ups", {
    id: crypto.randomUUID(),
    member: called,
    reason: "到店提醒",
    due_on: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
  });
  await page.goto("/console/");
  await page.getByRole("link", { name: "今天要回访1位" }).click();
  await page.getByRole("row", { name: /到店提醒/ }).waitFor();
  expect(faults).toEqual([]);
});
