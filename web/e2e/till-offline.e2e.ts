// Selling without a network: the network really cut in the browser, the server really killed.
import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import {
  accessible,
  balances,
  cashier,
  enrol,
  identify,
  item,
  lines,
  minor,
  openCounter,
  openTill,
  owner,
  price,
  scan,
  shop,
  type TillPage,
} from "./till-shop";

openCounter({ cut: true });

interface Order {
  id: string;
  at: number;
  total: number;
  member: string | null;
}

const orders = () =>
  shop.call<{ items: Order[] }>(cashier, "GET", "/api/v1/orders?limit=50").then(({ items }) => items);

const waiting = async (page: TillPage["page"]) =>
  /\d+/.exec((await page.getByTestId("waiting").textContent()) ?? "")?.[0];

/** The worker has the till's files and the snapshot is there: from now on the network may go. */
async function ready(page: TillPage["page"]): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await scan(page, item(0).barcode);
  await lines(page, 1);
  await page.keyboard.press("Escape");
  await lines(page, 0);
}

async function payCash(page: TillPage["page"]): Promise<number> {
  const due = await price(page);
  await page.keyboard.press("F4");
  await page.getByRole("dialog", { name: "收好了" }).waitFor();
  return due;
}

it("sells on while the network is cut, through a reload, and hands everything over once", async () => {
  const member = await enrol(shop, cashier);
  const { page, context } = await openTill(shop);
  await ready(page);
  await identify(page, member);
  await page.keyboard.press("Escape");
  const before = new Set((await orders()).map((order) => order.id));

  await context.setOffline(true);
  await page.getByText("离线", { exact: false }).first().waitFor();
  await scan(page, `2*${item(1).barcode}`);
  const first = await payCash(page);
  await page.getByText("网络恢复后自动上传").waitFor();
  await accessible(page, "sold offline");
  await page.keyboard.press("p");
  const paper = page.frameLocator("iframe");
  await paper.getByText("离线小票").waitFor();
  await paper.getByText(item(1).name).waitFor();
  await accessible(page, "offline receipt");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  expect(await waiting(page)).toBe("1");

  await page.reload();
  await page.getByRole("combobox").waitFor();
  expect(await waiting(page), "a reload without a network opens the till and loses nothing").toBe("1");
  await scan(page, member.phone.slice(-4));
  await page.getByRole("complementary").getByText(member.number).waitFor();
  await scan(page, item(2).barcode);
  const second = await payCash(page);
  await page.keyboard.press("Enter");
  expect(await waiting(page)).toBe("2");
  await accessible(page, "offline till");

  // The server goes away too, and comes back before the network does.
  await shop.kill();
  await shop.start();
  await context.setOffline(false);
  await expect.poll(() => waiting(page), { timeout: 90_000 }).toBe("0");
  const made = (await orders()).filter((order) => !before.has(order.id));
  expect(made.map((order) => order.total).sort()).toEqual([first, second].sort());
  expect(made.map((order) => order.member).filter(Boolean)).toEqual([member.id]);
});

it("does not double a sale whose answer was lost", async () => {
  const { page, context } = await openTill(shop);
  await ready(page);
  const before = (await orders()).length;
  await scan(page, item(3).barcode);
  const due = await price(page);
  // The server acts, and the answer never arrives.
  await context.route("**/api/v1/orders", async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    await route.fetch();
    return route.abort("connectionreset");
  });
  await page.keyboard.press("F4");
  await page.getByText("网络恢复后自动上传").waitFor();
  await page.keyboard.press("Enter");
  expect(await waiting(page)).toBe("1");
  await context.unroute("**/api/v1/orders");
  await expect.poll(() => waiting(page), { timeout: 90_000 }).toBe("0");
  const after = await orders();
  expect(after.length).toBe(before + 1);
  expect(after[0]?.total).toBe(due);
});

it("keeps what was promised where the price rose meanwhile, and shows the conflict to the manager", async () => {
  const { page, context } = await openTill(shop, { username: "manager" });
  await ready(page);
  await context.setOffline(true);
  await page.getByText("离线", { exact: false }).first().waitFor();
  await scan(page, item(5).barcode);
  const promised = await payCash(page);
  await page.keyboard.press("Enter");
  await shop.call(owner, "PATCH", `/api/v1/variants/${item(5).variant}`, {
    price: item(5).price + 500_000,
    member_price: null,
  });
  await context.setOffline(false);
  await expect.poll(() => waiting(page), { timeout: 90_000 }).toBe("0");
  await page.getByText("1单要处理").waitFor();
  await page.getByRole("link", { name: /要处理/ }).click();
  const conflict = page.getByRole("listitem").filter({ hasText: item(5).name });
  await conflict.waitFor();
  await accessible(page, "conflict");
  await conflict.getByRole("textbox", { name: "处理说明" }).fill("价格刚涨，按原价收的");
  await conflict.getByRole("button", { name: "按原价入账" }).click();
  await conflict.waitFor({ state: "detached" });
  const [order] = await orders();
  expect(order?.total, "the customer keeps the price that was promised").toBe(promised);
});

it("takes no member's value while it is alone", async () => {
  const member = await enrol(shop, cashier);
  await shop.call(
    owner,
    "POST",
    `/api/v1/members/${member.id}/adjustments`,
    { account: "principal", amount: 50_000, reason: "试一试" },
    randomUUID(),
  );
  const { page, context } = await openTill(shop);
  await ready(page);
  await identify(page, member);
  await context.setOffline(true);
  await page.getByText("离线", { exact: false }).first().waitFor();
  await scan(page, item(6).barcode);
  await price(page);
  await page.keyboard.press("Enter");
  const pay = page.getByRole("dialog", { name: "收款" });
  await pay.getByRole("button", { name: /现金/ }).waitFor();
  expect(await pay.getByRole("button", { name: /储值/ }).count()).toBe(0);
  expect(await pay.getByRole("button", { name: /礼品卡/ }).count()).toBe(0);
  await accessible(page, "payment offline");
});

it("lets the wallet pay within the shop's limit, and the same money once", async () => {
  const member = await enrol(shop, cashier);
  await shop.call(owner, "POST", `/api/v1/members/${member.id}/adjustments`, {
    account: "principal",
    amount: 8_000,
    reason: "试一试",
  });
  const policy = await shop.call<Record<string, unknown>>(owner, "GET", "/api/v1/settings/offline");
  await shop.call(owner, "PUT", "/api/v1/settings/offline", { ...policy, wallet_max: 5_000 });
  try {
    const { page, context } = await openTill(shop);
    await ready(page);
    await identify(page, member);
    await page.getByText("¥80.00 + ¥0.00").waitFor();
    await page.keyboard.press("Escape");
    await context.setOffline(true);
    await page.getByText("离线", { exact: false }).first().waitFor();
    // The wallet pays what it may, cash the rest; of what is left of 80 the next sale may take 30.
    for (const [most, at] of [
      [5_000, 40],
      [3_000, 41],
    ] as const) {
      await scan(page, member.phone.slice(-4));
      await page.getByRole("complementary").getByText(member.number).waitFor();
      await page.getByText(/储值每单最多用¥50.00/).waitFor();
      await scan(page, item(at).barcode);
      const due = await price(page);
      expect(due, "goods dear enough").toBeGreaterThan(most);
      await page.keyboard.press("F10");
      const pay = page.getByRole("dialog", { name: "收款" });
      await pay.getByRole("button", { name: /现金/ }).waitFor();
      expect(minor(await pay.locator(".huge").first().textContent())).toBe(due - most);
      await accessible(page, "payment offline with the wallet");
      await page.keyboard.press("c");
      await page.getByText("网络恢复后自动上传").waitFor();
      await page.keyboard.press("Enter");
    }
    await context.setOffline(false);
    await expect.poll(() => waiting(page), { timeout: 90_000 }).toBe("0");
    expect((await balances(shop, cashier, member)).principal.available, "80 less 50 and 30").toBe(0);
  } finally {
    await shop.call(owner, "PUT", "/api/v1/settings/offline", policy);
  }
});
