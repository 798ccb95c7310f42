// What is done for a member at the desk: passes, gift cards, coupons by code, kinds of points, orders without a buyer, merges.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { watch } from "./faults";
import { accessibilityFaults, openShop, PASSWORD, type Shop } from "./shop";

async function signIn(page: Page, username: string): Promise<void> {
  await page.goto("/console/");
  await page.getByLabel("用户名").fill(username);
  await page.getByLabel("密码").fill(PASSWORD);
  await page.getByRole("button", { name: /登\s?录/ }).click();
  await page.getByRole("navigation", { name: "菜单" }).waitFor();
}

interface Named {
  id: string;
}

describe("at the desk", () => {
  let shop: Shop;
  let owner: string;
  let page: Page;
  let faults: string[];
  const post = <T>(path: string, body: object) => shop.call<T>(owner, "POST", path, body);
  const one = async <T>(path: string) => (await shop.call<{ items: T[] }>(owner, "GET", path)).items;
  /** A new member of the shop. */
  const member = async (name: string, phone: string) =>
    (await post<Named>("/api/v1/members", { id: crypto.randomUUID(), name, phone })).id;

  openShop({}, async (opened) => {
    shop = opened;
    owner = await shop.signIn("owner");
    page = await (await shop.context()).newPage();
    faults = watch(page);
    await signIn(page, "owner");
  });

  it("sells a pass, paid in two ways", async () => {
    const id = await member("周清明", "13500000001");
    await post("/api/v1/pass-plans", {
      id: crypto.randomUUID(),
      name: "洗澡十次卡",
      price: 38_000,
      items: [{ name: "婴儿洗澡", visits: 10, worth: 4_800 }],
      validity: { kind: "months", months: 12, start: "purchase" },
      transferable: true,
    });
    await page.goto(`/console/members/${id}?tab=assets`);
    await page.getByRole("button", { name: "卖次卡" }).click();
    const form = page.getByRole("dialog", { name: "卖次卡" });
    await form.getByLabel("哪种次卡").selectOption({ label: "洗澡十次卡 ¥380.00" });
    await form.getByRole("checkbox", { name: "一部分用别的方式付" }).check();
    await form.getByLabel("金额").fill("80");
    expect(await accessibilityFaults(page)).toEqual([]);
    await form.getByRole("button", { name: "确认售出" }).click();
    await page.getByRole("cell", { name: "婴儿洗澡 10" }).waitFor();
    const [pass] = await one<{ payments: object[] }>(`/api/v1/members/${id}/passes`);
    expect(pass?.payments).toMatchObject([
      { tender: "wechat_pay", amount: 30_000 },
      { tender: "cash", amount: 8_000 },
    ]);
    await page.goto(`/console/members/${id}`);
    await page.getByRole("region", { name: "最近往来" }).getByText("买次卡").waitFor();
    expect(faults).toEqual([]);
  });

  it("sells a gift card, takes one back, and moves one into a wallet", async () => {
    const id = await member("吴谷雨", "13500000002");
    const batch = crypto.randomUUID();
    await post("/api/v1/gift-card-batches", { id: batch, name: "中秋卡", face: 20_000, cards: 2, months: 12 });
    const codes = await one<{ code: string }>(`/api/v1/gift-card-batches/${batch}/codes?limit=10`);
    const find = async (code: string | undefined) => {
      await page.goto("/console/benefits/prepaid?tab=gift");
      await page.getByLabel("卡密").fill(code ?? "");
      await page.keyboard.press("Enter");
    };
    for (const { code } of codes) {
      await find(code);
      await page.getByRole("button", { name: "卖出这张卡" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "确认售出" }).click();
      await page.getByText("微信支付 ¥200.00").waitFor();
    }
    // What it held on the day, and why.
    await page.getByRole("cell", { name: "+¥200.00" }).first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByRole("button", { name: /^退\s?卡$/ }).click();
    const back = page.getByRole("dialog", { name: /^退\s?卡$/ });
    await back.getByText("按原来的付款方式退回¥200.00").waitFor();
    await back.getByLabel("原因").fill("买多了");
    await back.getByRole("button", { name: "确认退款" }).click();
    await page.getByRole("definition").filter({ hasText: "已退" }).waitFor();

    await page.goto(`/console/members/${id}?tab=assets`);
    await page.getByRole("button", { name: "礼品卡充入储值" }).click();
    const form = page.getByRole("dialog", { name: "礼品卡充入储值" });
    await form.getByLabel("卡密").fill("AAAA-BBBB-CCCC-DDDD");
    await form.getByRole("button", { name: /充\s?入$/ }).click();
    await form.getByRole("alert").first().waitFor();
    await form.getByLabel("卡密").fill(codes[0]?.code ?? "");
    await form.getByText("¥200.00").waitFor();
    await form.getByRole("button", { name: /充\s?入$/ }).click();
    await page.getByRole("heading", { name: "储值本金 ¥200.00" }).waitFor();
    expect(faults).toEqual([]);
  });

  it("turns a code into a coupon, uses a service voucher and undoes it, and takes an issue back", async () => {
    const id = await member("郑夏至", "13500000003");
    const template = async (name: string, benefit: object) => {
      const made = crypto.randomUUID();
      const terms = { benefit, validity: { kind: "relative", days: 30 } };
      await post("/api/v1/coupon-templates", { id: made, name, terms, state: "published" });
      return made;
    };
    const services = (await one<{ kind: string; variants: Named[] }>("/api/v1/products?limit=200")).filter(
      (product) => product.kind === "service",
    );
    const voucher = await template("推拿体验券", { kind: "service", services: [services[0]?.variants[0]?.id] });
    const flyer = await template("传单券", { kind: "amount", off: 1_000 });
    const batch = crypto.randomUUID();
    await post("/api/v1/coupon-batches", { id: batch, name: "传单", template: flyer, codes: 1 });
    const [code] = await one<{ code: string }>(`/api/v1/coupon-batches/${batch}/codes?limit=1`);
    await page.goto(`/console/members/${id}?tab=assets`);
    await page.getByRole("button", { name: "输入券码领券" }).click();
    const claim = page.getByRole("dialog", { name: "输入券码领券" });
    await claim.getByLabel("券码").fill((code?.code ?? "").toLowerCase());
    await claim.getByRole("button", { name: /^领\s?取$/ }).click();
    await page.getByRole("cell", { name: "传单券" }).waitFor();

    await post("/api/v1/coupon-issues", { id: crypto.randomUUID(), template: voucher, members: [id], count: 1 });
    await page.reload();
    await page
      .getByRole("row", { name: /推拿体验券/ })
      .getByRole("button", { name: /更\s?多/ })
      .click();
    const sheet = page.getByRole("dialog", { name: "推拿体验券" });
    await sheet.getByText("还没有不经收银的使用记录").waitFor();
    await sheet.getByRole("button", { name: "直接核销一次" }).click();
    const use = page.getByRole("dialog", { name: "直接核销一次" });
    await use.getByRole("button", { name: /保\s?存/ }).click();
    await use.waitFor({ state: "detached" });
    await sheet.getByRole("button", { name: /撤\s?销/ }).click();
    await page
      .getByRole("dialog", { name: /^撤\s?销/ })
      .getByRole("button", { name: /^撤\s?销/ })
      .click();
    await sheet.getByText("已撤销").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await sheet.getByRole("button", { name: "收回同一批发的券" }).click();
    await page
      .getByRole("dialog", { name: "收回同一批发的券" })
      .getByRole("button", { name: "收回同一批发的券" })
      .click();
    await sheet.getByText("已收回").waitFor();
    expect(faults).toEqual([]);
  });

  it("has kinds of points of its own, corrects them and tells why they are what they are", async () => {
    const id = await member("王小暑", "13500000004");
    await page.goto("/console/benefits/points?tab=kinds");
    await page.getByRole("button", { name: "加一种专项积分" }).click();
    await page.getByLabel("叫什么").fill("成长豆");
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press("Control+s");
    await page.getByText("已保存").waitFor();

    await page.goto(`/console/members/${id}`);
    await page.getByRole("button", { name: "调整余额" }).click();
    const form = page.getByRole("dialog", { name: "调整余额" });
    await form.getByLabel("调整哪一项").selectOption({ label: "成长豆" });
    await form.getByLabel("增减多少积分").fill("30");
    await form.getByLabel("为什么调整").fill("活动补发");
    await form.getByRole("button", { name: /保\s?存/ }).click();
    await form.waitFor({ state: "detached" });
    await page.getByRole("tab", { name: "资产" }).click();
    const kind = page.getByRole("region", { name: "成长豆", exact: true });
    await kind.getByRole("heading", { name: "成长豆 30" }).waitFor();
    await kind.getByRole("button", { name: "批次与到期日" }).click();
    await kind.getByRole("cell", { name: "不过期" }).waitFor();
    await kind.getByRole("button", { name: /账\s?目/ }).click();
    await page
      .getByRole("region", { name: "当天的变动" })
      .or(page.getByRole("region", { name: "这天的变动" }))
      .waitFor();
    await page.getByRole("cell", { name: "+30" }).first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it("gives an order that had no buyer to somebody who joins with it", async () => {
    const [store] = await one<Named>("/api/v1/stores");
    const [goods] = await one<{ variants: (Named & { price: number })[] }>("/api/v1/products?limit=1");
    const variant = goods?.variants[0];
    const id = crypto.randomUUID();
    await post("/api/v1/orders", {
      id,
      store: store?.id,
      lines: [{ variant: variant?.id, quantity_milli: 1_000 }],
      payments: [{ tender: "cash", amount: variant?.price }],
    });
    await page.goto(`/console/sales/orders/${id}`);
    await page.getByRole("button", { name: "让顾客自己领" }).click();
    await page.getByRole("img", { name: "让顾客自己领" }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "登记给会员" }).click();
    const form = page.getByRole("dialog", { name: "登记给会员" });
    await form.getByLabel("这单是谁的").selectOption("join");
    await form.getByLabel("手机号").fill("135");
    await form.getByRole("button", { name: /保\s?存/ }).click();
    await form.getByRole("alert").first().waitFor();
    await form.getByLabel("手机号").fill("13500000005");
    await form.getByLabel("姓名").fill("冯处暑");
    await form.getByRole("button", { name: /保\s?存/ }).click();
    await form.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "登记给会员" }).waitFor({ state: "detached" });
    // How much somebody bought is counted from the events, a moment after the sale.
    await expect
      .poll(async () => (await one<{ orders: number }>("/api/v1/members?q=13500000005"))[0]?.orders, {
        timeout: 20_000,
      })
      .toBe(1);
    expect(faults).toEqual([]);
  });

  it("makes one member of two, and two of one again", async () => {
    const [stays, goes] = [await member("陈白露", "13500000006"), await member("陈白璐", "13500000007")];
    await page.goto(`/console/members/${stays}`);
    await page.getByRole("button", { name: /更\s?多/ }).click();
    await page.getByRole("menuitem", { name: "合并会员" }).click();
    const form = page.getByRole("dialog", { name: "合并重复的会员" });
    await form.getByLabel("并入的是谁").fill("13500000007");
    await page.locator(".ant-select-item-option").filter({ hasText: "0007" }).click();
    await form.getByLabel("为什么合并").fill("同一个人");
    await form.getByRole("button", { name: /保\s?存/ }).click();
    const merges = page.getByRole("region", { name: "合并记录" });
    await merges.getByText("同一个人").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await merges.getByRole("button", { name: "撤销合并" }).click();
    await page.getByRole("dialog", { name: "撤销合并" }).getByRole("button", { name: "撤销合并" }).click();
    await merges.getByText("已撤销").waitFor();
    const back = await shop.call<{ state: string }>(owner, "GET", `/api/v1/members/${goes}`);
    expect(back.state).toBe("active");
    expect(faults).toEqual([]);
  });
});
