// The console in a real browser: first run, members, approval by a second person, rules with a live example.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { watch } from "./faults";
import { accessibilityFaults, openShop, PASSWORD, type Shop } from "./shop";
import { lines, price, scan } from "./till-shop";

async function signIn(page: Page, username: string): Promise<void> {
  await page.goto("/console/");
  await page.getByLabel("用户名").fill(username);
  await page.getByLabel("密码").fill(PASSWORD);
  await page
    .getByRole("button", { name: "登 录" })
    .or(page.getByRole("button", { name: "登录" }))
    .click();
  await page.getByRole("navigation", { name: "菜单" }).waitFor();
}

/** How many things a person does from now on: clicks, fields that are filled, keys that say "go". */
async function countSteps(page: Page): Promise<() => number> {
  let steps = 0;
  await page.exposeFunction("countStep", () => {
    steps += 1;
  });
  await page.addInitScript(() => {
    const { countStep } = window as unknown as { countStep: () => void };
    let typed = false;
    addEventListener("click", () => countStep(), true);
    addEventListener("focusin", () => (typed = false), true);
    addEventListener(
      "input",
      () => {
        if (!typed) countStep();
        typed = true;
      },
      true,
    );
    addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Enter" || /^F\d/.test(event.key)) {
          countStep();
          typed = false;
        }
      },
      true,
    );
  });
  return () => steps;
}

describe("an empty server", () => {
  let shop: Shop;
  openShop({ empty: true }, async (opened) => {
    shop = opened;
  });

  it("is set up, and sells", async () => {
    const page = await (await shop.context()).newPage();
    const faults = watch(page);
    const steps = await countSteps(page);
    const accessible = async () => expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto("/console/");
    await page.getByRole("heading", { name: "欢迎使用熟客" }).waitFor();
    await accessible();
    await page.getByLabel("店名或品牌名").fill("小满母婴");
    await page.getByLabel("第一家门店").fill("静安店");
    await page.getByLabel("密码").fill("short");
    await page.getByRole("button", { name: /开\s?店/ }).click();
    await page.getByRole("alert").first().waitFor();
    expect(await page.getByLabel("店名或品牌名").inputValue()).toBe("小满母婴");
    await page.getByLabel("密码").fill(PASSWORD);
    await page.getByRole("button", { name: /开\s?店/ }).click();

    await page.getByRole("heading", { name: "开店准备" }).waitFor();
    await page.getByLabel("收银台名称").waitFor();
    // Who stops here finds the way back on the first page.
    await page.goto("/console/");
    await page.getByText("开店准备还差3步。").waitFor();
    await accessible();
    await page.getByRole("link", { name: "接着来" }).click();
    await page.getByLabel("收银台名称").waitFor();
    await page.getByRole("button", { name: "下一步" }).click();
    // A row that is half filled is not passed over.
    await page.getByLabel("第1样商品的名称").fill("纸尿裤");
    await page.getByRole("button", { name: "下一步" }).click();
    await page.getByRole("alert").filter({ hasText: "第1行还没填全" }).waitFor();
    await page.getByRole("button", { name: "填入本行业的示例商品" }).click();
    expect(await page.getByLabel("第1样商品的名称").inputValue()).toBe("纸尿裤 L 52片");
    await page.getByRole("button", { name: "下一步" }).click();
    await page.getByLabel("姓名").fill("王小芳");
    await page.getByLabel("手机号").fill("13912340042");
    await page.getByRole("button", { name: "下一步" }).click();
    await page.getByRole("heading", { name: "可以开始卖了" }).waitFor();
    await accessible();

    // The first sale, at the till: goods by the first letters of their name, the member by the last four digits.
    await page.getByRole("link", { name: "去收银" }).click();
    await page.getByRole("group", { name: "收银台", exact: true }).getByRole("button").first().click();
    await page.getByRole("combobox").waitFor();
    await scan(page, "znk");
    await lines(page, 1);
    await scan(page, "0042");
    await page.getByRole("complementary").getByText("王*芳").waitFor();
    expect(await price(page)).toBe(8_900);
    await page.keyboard.press("F4");
    await page.getByRole("dialog", { name: "收好了" }).waitFor();
    // Two wrong tries among them. At ten seconds for each, five minutes leave the machine one.
    expect(steps()).toBeLessThanOrEqual(24);

    const cookie = await shop.signIn("owner");
    const { items } = await shop.call<{ items: { id: string; total: number; member: string | null }[] }>(
      cookie,
      "GET",
      "/api/v1/orders",
    );
    expect(items).toEqual([expect.objectContaining({ total: 8_900, member: expect.any(String) })]);
    const id = items[0]?.id;
    await page.goto(`/console/sales/orders/${id}`);
    await page.getByRole("region", { name: "为什么是这个价" }).getByText("实付").waitFor();
    expect(faults).toEqual([]);
  });
});

describe("a shop that has been open for a while", () => {
  let shop: Shop;
  openShop({}, async (opened) => {
    shop = opened;
  });

  it("adjusts a balance above the limit with a second person's word", async () => {
    const page = await (await shop.context()).newPage();
    const faults = watch(page);
    await signIn(page, "owner");
    await page.goto("/console/settings/rules?tab=approval");
    await page.getByLabel("调整储值超过").fill("100");
    await page.keyboard.press("Control+s");
    await page.getByText("已保存").waitFor();

    await page.goto("/console/members");
    await page.getByRole("region", { name: "会员" }).getByRole("link").first().click();
    await page.getByRole("button", { name: "调整余额" }).click();
    const form = page.getByRole("dialog", { name: "调整余额" });
    await form.getByLabel("调整哪一项").selectOption("principal");
    await form.getByRole("button", { name: /保\s?存/ }).click();
    await form.getByText("这一项要填").first().waitFor();
    await form.getByLabel(/增减多少/).fill("一百");
    await form.getByRole("button", { name: /保\s?存/ }).click();
    expect(await form.getByLabel(/增减多少/).inputValue()).toBe("一百");
    await form.getByLabel(/增减多少/).fill("500");
    await form.getByLabel("记在哪家门店").waitFor();
    await form.getByLabel("为什么调整").fill("补录开业前的充值");
    await form.getByRole("button", { name: /保\s?存/ }).click();
    await form.getByRole("button", { name: "请人复核" }).click();
    await form.getByLabel("复核人的用户名").fill("manager");
    await form.getByLabel("复核人的密码").fill(PASSWORD);
    await form.getByRole("button", { name: /^同\s?意$/ }).click();
    await form.getByText("已同意").waitFor();
    await form.getByRole("button", { name: /保\s?存/ }).click();
    await form.waitFor({ state: "detached" });

    await page.getByRole("tab", { name: "账目" }).click();
    await page.getByRole("cell", { name: "+¥500.00" }).first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("shows what a rule gives while it is edited, and keeps what was not saved", async () => {
    const page = await (await shop.context()).newPage();
    const faults = watch(page);
    await signIn(page, "owner");
    await page.goto("/console/benefits/points");
    const example = page.getByRole("region", { name: "试一试" });
    await example.getByText("200 积分").waitFor();
    const points = page.getByLabel("得多少积分").first();
    await points.fill("3");
    await example.getByText("600 积分").waitFor();
    await page.getByText("有改动未保存").waitFor();
    await page.reload();
    await page.getByText("有改动未保存").waitFor();
    expect(await points.inputValue()).toBe("3");
    await page.keyboard.press("Control+s");
    await page.getByText("已保存").waitFor();
    await page.getByText("有改动未保存").waitFor({ state: "detached" });
    expect(faults).toEqual([]);
  });

  it("tells what an offer, a coupon and a tier would do to a cart while they are written", async () => {
    const page = await (await shop.context()).newPage();
    const faults = watch(page);
    await signIn(page, "owner");
    await page.goto("/console/benefits/offers/new");
    const example = page.getByRole("region", { name: "试一试" });
    await example.getByText("先把上面要填的填好。").waitFor();
    await page.getByLabel("名称").fill("满二百减三十");
    await page.getByLabel("满多少").first().fill("200");
    await example.getByLabel("买多少钱的东西").fill("250");
    await example.getByText("满二百减三十 −", { exact: false }).waitFor();
    await example.getByText("¥30.00", { exact: false }).first().waitFor();
    await example.getByLabel("买多少钱的东西").fill("100");
    await example.getByText("这条规则没有用上：还没到门槛。").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.goto("/console/benefits/coupons/new");
    await example.getByRole("status").waitFor();
    await page.goto("/console/benefits/tiers");
    await example.getByRole("status").waitFor();
    await example.getByLabel("谁来买").selectOption({ label: "没入会的顾客" });
    await example.getByText("没入会的顾客买¥200.00的东西", { exact: false }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("lists members in the order that is asked for, and the log in words", async () => {
    const page = await (await shop.context()).newPage();
    const faults = watch(page);
    await signIn(page, "owner");
    await page.goto("/console/members");
    await page.getByLabel("排序").selectOption({ label: "消费最多的在前" });
    await page.waitForURL(/sort=spend/);
    const cookie = await shop.signIn("owner");
    const { items } = await shop.call<{ items: { number: string }[] }>(
      cookie,
      "GET",
      "/api/v1/members?sort=spend&limit=50",
    );
    const first = page.getByRole("region", { name: "会员" }).last().locator("tbody tr").first();
    await first.getByRole("cell", { name: items[0]?.number ?? "none", exact: true }).waitFor();
    await page.goto("/console/settings/audit");
    await page.getByRole("cell", { name: "登录：在管理台登录" }).first().waitFor();
    expect(await page.locator("main").textContent()).not.toMatch(/session\.begun|setting\.changed/);
    expect(faults).toEqual([]);
  });

  it("asks for the password over the page when the session has ended, and the page stays", async () => {
    const context = await shop.context();
    const page = await context.newPage();
    await signIn(page, "owner");
    await page.goto("/console/settings/rules?tab=tax");
    await page.getByLabel("默认税率").fill("13");
    await context.clearCookies();
    await page.keyboard.press("Control+s");
    const again = page.getByRole("dialog", { name: "请重新登录" });
    await again.getByLabel("用户名").fill("owner");
    await again.getByLabel("密码").fill(PASSWORD);
    await again.getByRole("button", { name: /登\s?录/ }).click();
    await again.waitFor({ state: "detached" });
    expect(await page.getByLabel("默认税率").inputValue()).toBe("13");
    await page.keyboard.press("Control+s");
    await page.getByText("已保存").waitFor();
  });

  it("lets in who needs an authenticator only to set one up", async () => {
    const cookie = await shop.signIn("owner");
    await shop.call(cookie, "PUT", "/api/v1/sign-in-policy", { totp_roles: ["analyst"] });
    const page = await (await shop.context()).newPage();
    await page.goto("/console/");
    await page.getByLabel("用户名").fill("analyst");
    await page.getByLabel("密码").fill(PASSWORD);
    await page.getByRole("button", { name: /登\s?录/ }).click();
    await page.getByRole("heading", { name: "您的角色必须绑定验证器才能继续" }).waitFor();
    await page.getByLabel("密码").fill(PASSWORD);
    await page.getByRole("button", { name: "开始绑定" }).click();
    await page.getByRole("img", { name: /扫这个码/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("finds pages and members by Ctrl K", async () => {
    const page = await (await shop.context()).newPage();
    await signIn(page, "owner");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "搜索" }).fill("优惠券");
    await page.getByRole("option", { name: /优惠券/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(/benefits\/coupons/);
  });

  it("speaks two languages on every page of the menu", { timeout: 600_000 }, async () => {
    const page = await (await shop.context({ colorScheme: "dark" })).newPage();
    const faults = watch(page);
    await signIn(page, "owner");
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("link", { name: "Members" }).first().waitFor();
    for (const path of PAGES) {
      await page.goto(`/console${path}`);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      expect(await page.locator("nav.side").textContent(), path).not.toMatch(/会员|设置|销售/);
    }
    expect(faults).toEqual([]);
  });
});

const PAGES = [
  "/",
  "/members",
  "/members/tags",
  "/members/cards",
  "/members/fields",
  "/members/imports",
  "/sales/orders",
  "/sales/shifts",
  "/sales/held",
  "/sales/approvals",
  "/sales/approvals?tab=offline",
  "/sales/reports",
  "/sales/settlements",
  "/sales/accounts",
  "/goods/products",
  "/goods/categories",
  "/goods/stock",
  "/benefits/offers",
  "/benefits/offers/new",
  "/benefits/coupons",
  "/benefits/coupons/new",
  "/benefits/points",
  "/benefits/tiers",
  "/benefits/prepaid",
  "/benefits/rewards",
  "/benefits/trials",
  "/settings/shop",
  "/settings/devices",
  "/settings/devices?tab=signIn",
  "/settings/devices?tab=offline",
  "/settings/staff",
  "/settings/rules",
  "/settings/programs",
  "/settings/programs?tab=messages",
  "/settings/audit",
  "/settings/me",
];
