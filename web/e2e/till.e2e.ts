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
  newPhone,
  openCounter,
  openTill,
  owner,
  price,
  scan,
  search,
  shop,
} from "./till-shop";

let manager: string;

openCounter({}, async () => {
  manager = await shop.signIn("manager");
});

interface Order {
  id: string;
  number: string;
  total: number;
  refunded: number;
  member: string | null;
  points_spent: number;
  payments: { tender: string; amount: number }[];
}

const lastOrders = (count = 1) =>
  shop.call<{ items: Order[] }>(cashier, "GET", `/api/v1/orders?limit=${count}`).then(({ items }) => items);

const ordersOf = (member: string) =>
  shop.call<{ items: Order[] }>(cashier, "GET", `/api/v1/orders?member=${member}&limit=20`).then(({ items }) => items);

it("signs in, enrols a member by phone and sells to them", async () => {
  const context = await shop.context();
  const first = await context.newPage();
  await first.goto("/till/");
  await first.getByLabel("用户名").waitFor();
  await accessible(first, "sign-in");
  await first.getByLabel("用户名").fill("cashier");
  await first.getByLabel("密码").fill("wrong");
  await first.getByRole("button", { name: "登录" }).click();
  await first.getByRole("alert").waitFor();
  expect(await first.getByLabel("用户名").inputValue(), "what was typed stays").toBe("cashier");
  await context.close();

  const { page } = await openTill(shop);
  await accessible(page, "empty till");
  await scan(page, item(0).barcode);
  await lines(page, 1);
  const phone = newPhone();
  await scan(page, phone);
  const dialog = page.getByRole("dialog", { name: "新会员入会" });
  await dialog.waitFor();
  await accessible(page, "enrol");
  expect(await dialog.getByLabel("手机号").inputValue()).toBe(phone);
  await page.keyboard.type("赵女士");
  await page.keyboard.press("Enter");
  await page.getByText(/入会成功/).waitFor();
  const due = await price(page);
  await accessible(page, "cart with a member");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "收款" }).waitFor();
  await accessible(page, "payment");
  await page.keyboard.type("9999");
  await page.keyboard.press("Enter");
  const done = page.getByRole("dialog", { name: "收好了" });
  await done.waitFor();
  await accessible(page, "done");
  expect(minor(await done.locator(".enormous").textContent()), "the change is what was given less the price").toBe(
    999_900 - due,
  );
  const [order] = await lastOrders();
  expect(order?.total).toBe(due);
  expect(order?.member).toBeTruthy();
  await page.keyboard.press("p");
  await page
    .frameLocator("iframe")
    .getByText(order?.number ?? "")
    .first()
    .waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await lines(page, 0);
  await expect.poll(() => search(page).evaluate((field) => field === document.activeElement)).toBe(true);
});

it("sells three scanned items to a known member in at most six key presses", async () => {
  const member = await enrol(shop, cashier);
  const { page } = await openTill(shop);
  for (const at of [1, 2, 3]) await scan(page, item(at).barcode);
  await lines(page, 3);
  let presses = 0;
  const press = async (key: string) => {
    presses += 1;
    await page.keyboard.press(key);
  };
  for (const digit of member.phone.slice(-4)) await press(digit);
  await press("Enter");
  await page.getByRole("complementary").getByText(member.number).waitFor();
  await press("F4");
  await page.getByRole("dialog", { name: "收好了" }).waitFor();
  expect(presses).toBeLessThanOrEqual(6);
  const orders = await ordersOf(member.id);
  expect(orders).toHaveLength(1);
  expect(orders[0]?.payments).toEqual([expect.objectContaining({ tender: "cash", amount: orders[0]?.total })]);
});

it("sells with a coupon, points and the wallet, and takes part of it back exactly", async () => {
  const member = await enrol(shop, cashier);
  const template = randomUUID();
  await shop.call(owner, "POST", "/api/v1/coupon-templates", {
    id: template,
    name: "试用五元券",
    state: "published",
    terms: { benefit: { kind: "amount", off: 500 }, validity: { kind: "relative", days: 30 } },
  });
  await shop.call(owner, "POST", "/api/v1/coupon-issues", { id: randomUUID(), template, members: [member.id] });
  for (const [account, amount] of [
    ["points", 2_000],
    ["principal", 1_000],
  ])
    await shop.call(owner, "POST", `/api/v1/members/${member.id}/adjustments`, { account, amount, reason: "试一试" });
  const before = await balances(shop, cashier, member);
  const { page } = await openTill(shop);
  await identify(page, member);
  await scan(page, `2*${item(8).barcode}`);
  await scan(page, item(9).barcode);
  await lines(page, 2);
  const withCoupon = await price(page);
  await page.getByRole("region", { name: "优惠券" }).getByText("✓ 试用五元券").waitFor();
  await page.keyboard.press("F9");
  await page.getByRole("dialog", { name: "用哪些券" }).waitFor();
  await accessible(page, "coupons");
  await page.getByRole("button", { name: "这次不用券" }).click();
  await page.keyboard.press("Escape");
  const plain = await price(page);
  expect(plain - withCoupon, "the coupon takes its five yuan off, up to rounding").toBeGreaterThanOrEqual(490);
  await page.keyboard.press("F9");
  await page.getByRole("button", { name: "自动选最省的" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "抵现" }).click();
  await page.getByRole("dialog", { name: "积分抵现" }).waitFor();
  await accessible(page, "points");
  await page.keyboard.press("Enter");
  await expect.poll(() => price(page)).toBeLessThan(withCoupon);
  const due = await price(page);
  await page.keyboard.press("F10");
  const pay = page.getByRole("dialog", { name: "收款" });
  await pay.getByText("储值").first().waitFor();
  await accessible(page, "payment with the wallet");
  expect(minor(await pay.locator(".huge").first().textContent()), "the wallet pays what it holds").toBe(due - 1_000);
  await page.keyboard.press("w");
  await pay.getByRole("button", { name: /确认收款/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "收好了" }).waitFor();
  await page.keyboard.press("Enter");
  const [order] = await ordersOf(member.id);
  expect(order?.total).toBe(due);
  expect(order?.points_spent).toBeGreaterThan(0);
  expect(order?.payments.map((one) => one.tender).sort()).toEqual(["principal", "wechat_pay"]);
  expect((await balances(shop, cashier, member)).principal.available).toBe(0);

  await page.keyboard.press("F6");
  await page.getByRole("button", { name: new RegExp(order?.number ?? "none") }).click();
  const panel = page.getByRole("dialog", { name: /^订单/ });
  await panel
    .getByRole("group", { name: `退几件${item(8).name}` })
    .getByRole("button", { name: "加一件" })
    .click();
  const quoted = minor(await panel.locator(".big").textContent());
  await accessible(page, "refund");
  await panel.getByRole("button", { name: "买错了" }).click();
  await panel.getByRole("button", { name: /确认退款/ }).click();
  await panel.getByText("已退款").waitFor();
  expect(minor(await panel.locator(".enormous").textContent()), "what was quoted is given back").toBe(quoted);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: new RegExp(order?.number ?? "none") }).click();
  await panel.getByRole("button", { name: "全部退" }).click();
  await panel.getByRole("button", { name: "买错了" }).click();
  await panel.getByRole("button", { name: /确认退款/ }).click();
  await panel.getByText("已退款").waitFor();
  expect(await balances(shop, cashier, member), "everything is as it was").toEqual(before);
});

it("holds a cart, serves another, and resumes it", async () => {
  const member = await enrol(shop, cashier);
  const { page } = await openTill(shop);
  await identify(page, member);
  await scan(page, `3*${item(4).barcode}`);
  const due = await price(page);
  await page.keyboard.press("F8");
  await page.getByRole("dialog", { name: "挂单" }).waitFor();
  await accessible(page, "hold");
  await page.getByLabel("怎么认这位顾客").fill("红衣服");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await lines(page, 0);
  await scan(page, item(5).barcode);
  await price(page);
  await page.keyboard.press("F4");
  await page.getByRole("dialog", { name: "收好了" }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("F8");
  await page.getByRole("button", { name: /红衣服/ }).waitFor();
  await accessible(page, "held carts");
  await page.getByRole("button", { name: /红衣服/ }).click();
  await lines(page, 1);
  expect(await price(page)).toBe(due);
  await page.getByRole("complementary").getByText(member.number).waitFor();
});

it("keeps the cart through a reload, and gives a cleared one back", async () => {
  const { page } = await openTill(shop);
  await scan(page, item(6).barcode);
  await scan(page, item(7).barcode);
  await lines(page, 2);
  const due = await price(page);
  await page.reload();
  await lines(page, 2);
  expect(await price(page)).toBe(due);
  await page.keyboard.press("Delete");
  await lines(page, 1);
  await page.keyboard.press("+");
  await page.keyboard.press("Escape");
  await lines(page, 0);
  await page.getByRole("button", { name: "撤销" }).click();
  await lines(page, 1);
  expect(await page.getByLabel("数量", { exact: true }).inputValue()).toBe("2");
});

it("opens a shift, and closes it with a difference", async () => {
  await shop.call(owner, "PUT", "/api/v1/settings/shift", { mode: "required", blind: true });
  try {
    const { page } = await openTill(shop);
    await scan(page, item(0).barcode);
    await price(page);
    await page.keyboard.press("Enter");
    await page.getByLabel("备用金").waitFor();
    await accessible(page, "open a shift");
    await page.getByLabel("备用金").fill("200");
    await page.keyboard.press("Enter");
    await lines(page, 1);
    const due = await price(page);
    await page.keyboard.press("F4");
    await page.getByRole("dialog", { name: "收好了" }).waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.press("F7");
    await page.getByLabel("实点现金").waitFor();
    await accessible(page, "close a shift");
    expect(await page.getByText("钱箱应有").count(), "a blind count does not show what should be there").toBe(0);
    await page.getByLabel("实点现金").fill(String((20_000 + due - 150) / 100));
    await page.getByRole("button", { name: "交班" }).click();
    await page.getByRole("status").filter({ hasText: "差额" }).waitFor();
    expect(minor(await page.getByRole("status").filter({ hasText: "差额" }).locator(".figure").textContent())).toBe(
      -150,
    );
    await accessible(page, "closed shift");
  } finally {
    await shop.call(owner, "PUT", "/api/v1/settings/shift", { mode: "off", blind: true });
  }
});

it("asks a second person for a refund above the limit", async () => {
  await shop.call(owner, "PUT", "/api/v1/settings/approval", { refund_limit: 100 });
  try {
    const { page } = await openTill(shop);
    await scan(page, `2*${item(10).barcode}`);
    await price(page);
    await page.keyboard.press("F4");
    await page.getByRole("dialog", { name: "收好了" }).waitFor();
    await page.keyboard.press("Enter");
    const [order] = await lastOrders();
    await page.keyboard.press("F6");
    await page.getByRole("button", { name: new RegExp(order?.number ?? "none") }).click();
    const panel = page.getByRole("dialog", { name: /^订单/ });
    await panel.getByRole("button", { name: "全部退" }).click();
    await panel.getByRole("button", { name: "质量问题" }).click();
    await panel.getByRole("button", { name: /确认退款/ }).click();
    const approve = panel.getByRole("form", { name: "需要复核" });
    await approve.waitFor();
    await accessible(page, "approval");
    await approve.getByLabel("用户名").fill("manager");
    await approve.getByLabel("密码").fill("shuke-demo");
    await approve.getByRole("button", { name: "同意退款" }).click();
    await panel.getByText("已退款").waitFor();
    expect((await lastOrders())[0]?.refunded).toBe(order?.total);
  } finally {
    await shop.call(owner, "PUT", "/api/v1/settings/approval", {});
  }
});

it("asks the member for the PIN where the shop wants a proof", async () => {
  const member = await enrol(shop, cashier);
  await shop.call(owner, "POST", `/api/v1/members/${member.id}/adjustments`, {
    account: "principal",
    amount: 90_000,
    reason: "试一试",
  });
  await shop.call(manager, "PUT", `/api/v1/members/${member.id}/pin`, { pin: "483920" });
  await shop.call(owner, "PUT", "/api/v1/settings/identity", { wallet_above: 0, points_above: 0 });
  try {
    const { page } = await openTill(shop);
    await identify(page, member);
    await scan(page, item(3).barcode);
    const due = await price(page);
    await page.keyboard.press("F10");
    await page.getByRole("button", { name: /确认收款/ }).waitFor();
    await page.keyboard.press("Enter");
    const proof = page.getByRole("dialog", { name: "请会员确认" });
    await proof.waitFor();
    await accessible(page, "identity");
    await page.keyboard.type("111222");
    await page.keyboard.press("Enter");
    // The wrong one is refused, and the field is free for another try.
    await expect.poll(() => proof.getByLabel("会员密码").inputValue()).toBe("");
    await page.keyboard.type("483920");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "收好了" }).waitFor();
    expect((await balances(shop, cashier, member)).principal.available).toBe(90_000 - due);
  } finally {
    await shop.call(owner, "PUT", "/api/v1/settings/identity", {});
  }
});

it("tops up a wallet", async () => {
  const member = await enrol(shop, cashier);
  const { page } = await openTill(shop);
  await identify(page, member);
  await page.keyboard.press("F3");
  const dialog = page.getByRole("dialog", { name: /充值/ });
  await dialog.getByLabel("或者充多少").fill("123.45");
  await accessible(page, "top-up");
  await dialog.getByRole("button", { name: "现金" }).click();
  await page.getByRole("dialog", { name: "充值成功" }).waitFor();
  expect((await balances(shop, cashier, member)).principal.available).toBe(12_345);
});

it("loses neither cart nor page when the session runs out", async () => {
  const { page, context } = await openTill(shop, { username: "cashier2" });
  await scan(page, item(2).barcode);
  await price(page);
  await context.clearCookies();
  await scan(page, item(3).barcode);
  const again = page.getByRole("dialog", { name: "请重新登录" });
  await again.waitFor();
  await accessible(page, "signed out");
  await again.getByLabel("密码").fill("shuke-demo");
  await page.keyboard.press("Enter");
  await lines(page, 2);
  expect(await price(page)).toBeGreaterThan(0);
});

it("speaks English, and is dark where the system is", async () => {
  // Another cashier: one account may sign in only so often in a minute.
  const { page } = await openTill(shop, {
    username: "cashier2",
    locale: "en-GB",
    colorScheme: "dark",
    width: 1024,
    height: 768,
  });
  await scan(page, item(1).barcode);
  await price(page);
  await page.getByText("to pay").waitFor();
  await accessible(page, "dark and English");
  await page.getByRole("button", { name: "Menu" }).click();
  await accessible(page, "menu");
  await page.getByRole("button", { name: "中文" }).click();
  await page.getByRole("button", { name: "Menu" }).waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await page.getByText("应收").first().waitFor();
});

it("works at a phone's width", async () => {
  const { page } = await openTill(shop, { username: "cashier2", width: 390, height: 844 });
  await scan(page, item(1).barcode);
  await price(page);
  await accessible(page, "phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, "nothing sticks out at the side").toBeLessThanOrEqual(0);
});
