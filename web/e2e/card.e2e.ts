// The card on a member's phone: sign-in by code, what a sale leaves there, coupons with reasons, no network.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "playwright-core";
import { expect, it } from "vitest";
import { watch } from "./faults";
import { codeFor } from "./member";
import { accessibilityFaults, openShop, type Shop } from "./shop";

interface Id {
  id: string;
}
interface Items<T> {
  items: T[];
}
interface Product {
  name: string;
  kind: string;
  state: string;
  variants: { id: string; price: number; state: string; track_stock: boolean }[];
}

let shop: Shop;
let owner: string;
let store: string;
const PHONE = "13911112222";

openShop({ members: 40, months: 1, private: true }, async (opened) => {
  shop = opened;
  owner = await shop.signIn("owner");
  store = (await shop.call<Items<Id>>(owner, "GET", "/api/v1/stores")).items[0]?.id ?? "";
});

async function enrol(phone: string, name: string): Promise<string> {
  return (await shop.call<Id>(owner, "POST", "/api/v1/members", { phone, name })).id;
}

/** Sells one piece of something to a member, for cash. */
async function sell(member: string | undefined): Promise<{ id: string; number: string; total: number; name: string }> {
  const { items } = await shop.call<Items<Product>>(owner, "GET", "/api/v1/products?limit=100");
  const product = items.find((one) => one.kind === "goods" && one.variants[0] && one.variants[0].price >= 1_000);
  const variant = product?.variants[0];
  if (!product || !variant) throw new Error("the demo sells nothing");
  const cart = {
    store,
    lines: [{ variant: variant.id, quantity_milli: 1_000 }],
    coupons: { kind: "none" },
    ...(member ? { member } : {}),
  };
  const { payable } = await shop.call<{ payable: number }>(owner, "POST", "/api/v1/quotes", cart);
  const order = { ...cart, id: crypto.randomUUID(), payments: [{ tender: "cash", amount: payable }] };
  const sold = await shop.call<{ id: string; number: string; total: number }>(owner, "POST", "/api/v1/orders", order);
  return { ...sold, name: product.name };
}

async function signIn(page: Page, phone: string): Promise<void> {
  await page.getByLabel("手机号").fill(phone);
  await page.getByRole("button", { name: "获取验证码" }).click();
  await page.getByLabel("验证码").fill(await codeFor(shop, owner, phone));
  await page.getByRole("button", { name: "登录", exact: true }).click();
}

async function phone(
  options: Parameters<Shop["context"]>[0] = {},
): Promise<{ context: BrowserContext; page: Page; faults: string[] }> {
  const context = await shop.context({ width: 360, height: 740, ...options });
  const page = await context.newPage();
  return { context, page, faults: watch(page) };
}

it("a member signs in by code and sees the sale that was just made", async () => {
  const member = await enrol(PHONE, "林小月");
  const { context, page, faults } = await phone();
  await page.goto("/card/");
  await page.getByRole("heading", { name: /会员卡/ }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await signIn(page, PHONE);
  await page.getByRole("img", { name: "会员二维码" }).waitFor();
  const sold = await sell(member);
  // Nothing is pressed: the points come by themselves.
  await page.getByRole("link", { name: /^积分 [1-9]/ }).waitFor({ timeout: 60_000 });
  expect(await accessibilityFaults(page)).toEqual([]);
  // Two taps to the reason: points, then the movement's order.
  await page.getByRole("link", { name: /^积分/ }).click();
  await page.getByRole("link", { name: /消费获得/ }).click();
  await page.getByRole("heading", { name: new RegExp(sold.number) }).waitFor();
  await page.getByText(sold.name).first().waitFor();
  await page.getByRole("button", { name: "电子小票" }).click();
  const receipt = page.frameLocator("iframe");
  await receipt.getByText(sold.number).first().waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

it("the code is another one every half minute, and white in the dark", async () => {
  await enrol("13911113333", "周舟");
  const { context, page, faults } = await phone({ colorScheme: "dark" });
  await page.clock.install();
  await page.goto("/card/1");
  await signIn(page, "13911113333");
  const path = page.getByRole("img", { name: "会员二维码" }).locator("path");
  const first = await path.getAttribute("d");
  const ground = await page
    .getByRole("region", { name: "会员码" })
    .evaluate((node) => getComputedStyle(node).backgroundColor);
  expect(ground).toBe("rgb(255, 255, 255)");
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).not.toBe("rgb(255, 255, 255)");
  const asked = page.waitForResponse((answer) => answer.url().endsWith("/api/v1/me/code"));
  await page.clock.runFor(45_000);
  expect((await asked).status()).toBe(200);
  expect(first).toBeTruthy();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

it("coupons stand with their reasons", async () => {
  const member = await enrol("13911114444", "白露");
  const terms = (from: string, to: string) => ({
    benefit: { kind: "amount", off: 2_000 },
    threshold: 10_000,
    validity: { kind: "fixed", from, to },
  });
  for (const [name, from] of [
    ["今天能用的券", "2020-01-01"],
    ["明年才能用的券", "2098-01-01"],
  ] as const) {
    const template = crypto.randomUUID();
    await shop.call(owner, "POST", "/api/v1/coupon-templates", {
      id: template,
      name,
      state: "published",
      terms: terms(from, "2099-12-31"),
    });
    await shop.call(owner, "POST", "/api/v1/coupon-issues", { id: crypto.randomUUID(), template, members: [member] });
  }
  const { context, page, faults } = await phone();
  await page.goto("/card/1/coupons");
  await signIn(page, "13911114444");
  await page.getByRole("button", { name: /今天能用的券.*满¥100.00可用.*减¥20.00/ }).click();
  await page.getByRole("img", { name: /券号条形码/ }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: "暂不可用" }).click();
  await page.getByRole("button", { name: /明年才能用的券.*2098年1月1日.*才开始/ }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

it("without a network it shows what it knew, with its time", async () => {
  const member = await enrol("13911115555", "江离");
  await sell(member);
  const { context, page } = await phone();
  await page.goto("/card/1");
  await signIn(page, "13911115555");
  await page.getByRole("link", { name: /^积分 [1-9]/ }).waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  // Everything is on the phone once the worker controls the page.
  await page.reload();
  await page.getByRole("link", { name: /^积分 [1-9]/ }).waitFor();
  await shop.kill();
  await context.setOffline(true);
  await page.reload();
  await page.getByText(/连不上网，显示的是 .* 的内容/).waitFor();
  await page.getByRole("link", { name: /^积分 [1-9]/ }).waitFor();
  await page.getByRole("img", { name: /会员号条形码/ }).waitFor();
  await page.getByText("没有网络，动态二维码暂时显示不了").waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  // A page that was never open says so instead of staying empty.
  await page.getByRole("link", { name: "订单" }).click();
  await page.getByText("连不上网，这一页还没有存下来的内容").waitFor();
  await page.getByRole("link", { name: "会员码" }).click();
  await shop.start();
  await context.setOffline(false);
  await page.getByRole("img", { name: "会员二维码" }).waitFor();
  await page.getByText(/连不上网/).waitFor({ state: "detached" });
  await context.close();
});

it("who is no member yet joins, and claims the order that was paid before", async () => {
  const sold = await sell(undefined);
  const { path } = await shop.call<{ path: string }>(owner, "GET", `/api/v1/orders/${sold.id}/claim-code`);
  const { context, page, faults } = await phone();
  await page.goto(path);
  await signIn(page, "13911116666");
  await page.getByLabel("姓名").fill("新朋友");
  const accept = page.getByRole("checkbox", { name: /我已阅读并同意/ });
  if (await accept.count()) await accept.check();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "加入会员" }).click();
  await page.getByRole("button", { name: "补登" }).click();
  await page.getByRole("heading", { name: new RegExp(sold.number) }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it("stamps, a pass and its visits, and a reward redeemed once", async () => {
  const member = await enrol("13911119999", "方糖");
  const id = () => crypto.randomUUID();
  const call = (method: string, path: string, body: object) => shop.call<Id>(owner, method, path, body);
  const gift = { points: 50 };
  const card = { id: id(), name: "集六次章", needed: 6, per: { kind: "visit" }, gift };
  await call("PUT", "/api/v1/settings/stamps", { cards: [card] });
  const plan = {
    id: id(),
    name: "洗澡卡",
    price: 30_000,
    items: [{ name: "洗澡", visits: 10, worth: 5_000 }],
    validity: { kind: "always" },
  };
  await call("POST", "/api/v1/pass-plans", plan);
  await call("POST", "/api/v1/passes", {
    id: id(),
    member,
    plan: plan.id,
    store,
    payments: [{ tender: "cash", amount: 30_000 }],
  });
  await call("POST", `/api/v1/members/${member}/adjustments`, { account: "points", amount: 300, reason: "开业赠送" });
  const terms = { gives: { kind: "gift" }, points: 200 };
  await call("POST", "/api/v1/rewards", { id: id(), name: "小黄鸭", state: "published", stock: 5, terms });
  const { context, page, faults } = await phone();
  await page.goto("/card/1");
  await signIn(page, "13911119999");
  await page.getByRole("link", { name: /^次卡 1张/ }).click();
  await page.getByRole("link", { name: /洗澡卡.*剩10次/ }).click();
  await page.getByText("还没有用过").waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("link", { name: "礼遇" }).click();
  await page.getByText("集六次章").waitFor();
  await page.getByRole("button", { name: /小黄鸭/ }).click();
  expect(await accessibilityFaults(page)).toEqual([]);
  // Pressed by a thumb that bounces: one decision is one redemption.
  await page.getByRole("button", { name: "确定兑换" }).dblclick();
  await page.getByText("兑换好了").waitFor();
  await page.getByRole("button", { name: "关闭" }).last().click();
  await page.getByText("待领取").waitFor();
  expect(await page.getByText("待领取").count()).toBe(1);
  await page.getByText("还差100分").waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("link", { name: "会员码" }).click();
  await page.getByRole("link", { name: /^积分 100/ }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it("codes of a coupon and of a gift card are redeemed once, and a wrong one says so", async () => {
  const member = await enrol("13911110101", "柳青");
  const id = () => crypto.randomUUID();
  const call = <T>(method: string, path: string, body?: object) => shop.call<T>(owner, method, path, body);
  const template = id();
  await call("POST", "/api/v1/coupon-templates", {
    id: template,
    name: "地推十元券",
    state: "published",
    terms: { benefit: { kind: "amount", off: 1_000 }, validity: { kind: "relative", days: 30 } },
  });
  const batch = id();
  await call("POST", "/api/v1/coupon-batches", { id: batch, template, name: "地推", codes: 1 });
  const [coupon] = (await call<Items<{ code: string }>>("GET", `/api/v1/coupon-batches/${batch}/codes`)).items;
  const cards = id();
  await call("POST", "/api/v1/gift-card-batches", { id: cards, name: "礼品卡", face: 20_000, cards: 1 });
  const [card] = (await call<Items<{ code: string; card: string }>>("GET", `/api/v1/gift-card-batches/${cards}/codes`))
    .items;
  await call("POST", `/api/v1/gift-cards/${card?.card}/sale`, {
    store,
    payments: [{ tender: "cash", amount: 20_000 }],
  });
  const { context, page, faults } = await phone();
  await page.goto("/card/1/coupons");
  await signIn(page, "13911110101");
  await page.getByRole("link", { name: /兑换码/ }).click();
  await page.getByLabel("兑换码").fill("7K2M-9QXT-40AB-C5DE");
  await page.getByRole("button", { name: "兑换" }).click();
  await page.getByText("没有这个券码，请逐个核对字母和数字。").waitFor();
  expect(await page.getByLabel("兑换码").inputValue(), "what was typed stays").toBe("7K2M-9QXT-40AB-C5DE");
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByLabel("兑换码").fill((coupon?.code ?? "").toLowerCase());
  await page.getByRole("button", { name: "兑换" }).dblclick();
  await page.getByRole("link", { name: /地推十元券.*减¥10.00/ }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByLabel("兑换码").fill(coupon?.code ?? "");
  await page.getByRole("button", { name: "兑换" }).click();
  await page.getByText("这个券码已经兑换过了。").waitFor();
  // The code of a gift card may come along with a scan.
  await page.goto(`/card/1/redeem#${card?.code}`);
  await page.reload();
  await page.getByRole("button", { name: "兑换" }).click();
  await page.getByText("¥200.00已存进储值").waitFor();
  await page.getByRole("link", { name: "看储值" }).click();
  await page.getByText("¥200.00").first().waitFor();
  await page.getByText("礼品卡兑入").waitFor();
  const held = await call<{ principal: { available: number } }>("GET", `/api/v1/members/${member}/balances`);
  expect(held.principal.available).toBe(20_000);
  expect((await call<Items<object>>("GET", `/api/v1/members/${member}/coupons`)).items).toHaveLength(1);
  expect(faults).toEqual([]);
  await context.close();
});

it("shows what the family holds, and other kinds of points", async () => {
  const member = await enrol("13911110202", "沈月");
  const id = () => crypto.randomUUID();
  const call = <T>(method: string, path: string, body?: object) => shop.call<T>(owner, method, path, body);
  const group = await call<Id & { number: string }>("POST", "/api/v1/members", {
    id: id(),
    kind: "group",
    name: "沈家",
  });
  await call("POST", `/api/v1/members/${group.id}/people`, { person: member });
  const give = (account: string, amount: number) =>
    call("POST", `/api/v1/members/${group.id}/adjustments`, { account, amount, reason: "开业赠送" });
  await give("principal", 30_000);
  await give("points", 450);
  const kind = id();
  await call("PUT", "/api/v1/settings/points-kinds", { kinds: [{ id: kind, name: "小红花" }] });
  await call("POST", `/api/v1/members/${member}/points-kinds/${kind}/adjustments`, {
    id: id(),
    points: 12,
    reason: "奖励",
  });
  const { context, page, faults } = await phone({ colorScheme: "dark" });
  await page.goto("/card/1");
  await signIn(page, "13911110202");
  await page.getByRole("link", { name: /沈家.*¥300.00/ }).click();
  await page.getByRole("heading", { level: 1, name: "沈家" }).waitFor();
  await page.getByRole("img", { name: `会员号条形码 ${group.number}` }).waitFor();
  await page.getByText("450").waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("link", { name: "返回" }).click();
  await page.getByRole("link", { name: /^积分/ }).click();
  await page.getByText("小红花").waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

it("a profile, a child and consents are changed by their member", async () => {
  await enrol("13911110000", "顾盼");
  const { context, page, faults } = await phone();
  await page.goto("/card/1/me");
  await signIn(page, "13911110000");
  await page.getByRole("button", { name: "编辑" }).click();
  await page.getByLabel("邮箱").fill("gu@example.com");
  await page.getByLabel("生日 MM").selectOption("08");
  await page.getByLabel("生日 DD").selectOption("15");
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByText("gu@example.com").waitFor();
  await page.getByText("08-15").waitFor();
  await page.getByRole("button", { name: "添加家人" }).click();
  await page.getByLabel("姓名").fill("小盼");
  await page.getByLabel("出生日期").fill("2025-03-01");
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByRole("button", { name: /小盼.*2025年3月1日/ }).waitFor();
  await page.getByRole("switch", { name: "短信" }).click();
  // Answered: a switch that waits for the server can't be pressed.
  await page.getByRole("switch", { name: "短信", checked: true, disabled: false }).waitFor();
  await page.reload();
  await page.getByRole("switch", { name: "短信", checked: true }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

it("a session that ends asks again over the page, and what was typed stays", async () => {
  await enrol("13911117777", "沈清");
  const { context, page } = await phone();
  await page.goto("/card/1/me");
  await signIn(page, "13911117777");
  await page.getByRole("button", { name: "编辑" }).click();
  await page.getByLabel("邮箱").fill("shen@example.com");
  await context.clearCookies();
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByRole("dialog", { name: "登录已过期" }).waitFor();
  expect(await page.getByLabel("邮箱").inputValue()).toBe("shen@example.com");
  await context.close();
});

it("speaks English too", async () => {
  await enrol("13911118888", "Erin");
  const { context, page, faults } = await phone({ locale: "en-GB" });
  await page.goto("/card/1");
  await page.getByLabel("Phone number").fill("13911118888");
  await page.getByRole("button", { name: "Send code" }).click();
  await page.getByLabel("Code").fill(await codeFor(shop, owner, "13911118888"));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("img", { name: "Member QR code" }).waitFor();
  for (const name of ["Coupons", "Rewards", "Orders", "Me"]) {
    await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
    expect(await page.locator("main").textContent()).not.toMatch(/\b[a-z]+\.[a-z]+[A-Z]?\w*\b(?!\.com)/);
  }
  expect(faults).toEqual([]);
  await context.close();
});

/** WeChat on this machine: its page sends everybody straight back with a code, its API knows whose code it is. */
async function wechat(openid: string): Promise<{ url: string; close: () => Promise<unknown> }> {
  let codes = 0;
  const open = new Set<string>();
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? "/", "http://wechat");
    if (asked.pathname === "/connect/oauth2/authorize") {
      const code = `c${++codes}`;
      open.add(code);
      const back = new URL(asked.searchParams.get("redirect_uri") ?? "");
      back.searchParams.set("code", code);
      back.searchParams.set("state", asked.searchParams.get("state") ?? "");
      response.writeHead(302, { location: String(back) }).end();
      return;
    }
    const known = open.delete(asked.searchParams.get("code") ?? "") && asked.searchParams.get("secret") === "s3cret";
    response.end(JSON.stringify(known ? { openid, access_token: "t" } : { errcode: 40029, errmsg: "invalid code" }));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((done) => server.close(done)) };
}

it("links WeChat where the shop has an account there, and is signed in by it afterwards", async () => {
  await enrol("13911110303", "南星");
  const there = await wechat("oABC");
  const { context, page, faults } = await phone({
    userAgent: "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile MicroMessenger/8.0.49",
  });
  try {
    await shop.call(owner, "PUT", "/api/v1/settings/wechat", {
      app_id: "wx0001",
      secret: "s3cret",
      api_url: there.url,
      open_url: there.url,
    });
    await page.goto("/card/1/me");
    await signIn(page, "13911110303");
    await page.getByRole("button", { name: "绑定微信" }).click();
    await page.getByText("绑定好了", { exact: false }).waitFor();
    expect(page.url()).not.toContain("code=");
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("link", { name: "回到“我的”" }).click();
    await page.getByText("已绑定微信").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByRole("button", { name: "退出登录" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "退出登录" }).click();
    await page.getByRole("button", { name: "微信登录" }).click();
    await page.getByRole("img", { name: "会员二维码" }).waitFor();

    // A code that somebody slips in is not taken.
    await page.goto("/card/1/wechat?code=theirs&state=theirs");
    await page.getByText("这次没有绑定成", { exact: false }).waitFor();
    await page.goto("/card/1/me");
    await page.getByRole("button", { name: "解除绑定" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "解除绑定" }).click();
    await page.getByRole("button", { name: "绑定微信" }).waitFor();
    expect(faults).toEqual([]);
  } finally {
    await there.close();
    await context.close();
  }
});
