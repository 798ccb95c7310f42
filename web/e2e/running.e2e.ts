// The console as the owner and the manager run the shop by it: figures, devices, sales made without a network,
// exchanges, refunds above the limit, settings.
import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { afterEach, expect, it } from "vitest";
import { watch } from "./faults";
import { accessibilityFaults, openShop, PASSWORD, type Shop } from "./shop";

interface Items<T> {
  items: T[];
}
interface Named {
  id: string;
  name: string;
}
interface Till extends Named {
  store: string;
}
interface Goods {
  name: string;
  variant: string;
  price: number;
}
interface Order {
  id: string;
  number: string;
  total: number;
}

let shop: Shop;
let owner: string;
let tills: Till[];
let goods: Goods[];
let page: Page;
let faults: string[];

afterEach(async () => {
  await page?.context().close();
  expect(faults).toEqual([]);
});
openShop({}, async (opened) => {
  shop = opened;
  owner = await shop.signIn("owner");
  tills = (await shop.call<Items<Till>>(owner, "GET", "/api/v1/tills")).items;
  const { items } = await shop.call<
    Items<Named & { kind: string; state: string; variants: { id: string; name: string; price: number }[] }>
  >(owner, "GET", "/api/v1/products?limit=100&state=on_sale");
  goods = items
    .filter((one) => one.kind === "goods" && one.variants.length === 1)
    .map((one) => ({
      name: one.name,
      variant: one.variants[0]?.id ?? "",
      price: one.variants[0]?.price ?? 0,
    }))
    .filter((one) => one.price >= 5_000)
    .sort((a, b) => a.price - b.price);
});

/** Opens the console for somebody who is signed in already. */
async function open(path: string, cookie = owner): Promise<void> {
  const context = await shop.context();
  const at = cookie.indexOf("=");
  await context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: shop.url }]);
  page = await context.newPage();
  faults = watch(page);
  await page.goto(`/console${path}`);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
}

const good = (at: number): Goods => {
  const found = goods[at];
  if (!found) throw new Error(`the demo has no goods number ${at}`);
  return found;
};
const till = (): Till => {
  const found = tills[0];
  if (!found) throw new Error("the demo has no till");
  return found;
};
const yuan = (minor: number) =>
  `${minor < 0 ? "−" : ""}¥${(Math.abs(minor) / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 })}`;
/** Everybody can read the page, once it has come to rest. */
async function readable(where: string): Promise<void> {
  await page.waitForFunction(
    () => !document.querySelector("[aria-busy=true], .ant-skeleton-active, .ant-spin-spinning"),
  );
  expect(await accessibilityFaults(page), where).toEqual([]);
}

async function sell(...lines: [Goods, number][]): Promise<Order> {
  const cart = {
    store: till().store,
    lines: lines.map(([one, pieces]) => ({ variant: one.variant, quantity_milli: pieces * 1000 })),
    coupons: { kind: "none" },
  };
  const { payable } = await shop.call<{ payable: number }>(owner, "POST", "/api/v1/quotes", cart);
  return shop.call<Order>(owner, "POST", "/api/v1/orders", {
    ...cart,
    id: randomUUID(),
    payments: [{ tender: "cash", amount: payable }],
  });
}

interface Figures {
  sold: number;
  received: number;
  orders: number;
  undone: number;
}

it("today's figures are the server's, by period and by store, beside the period before", async () => {
  await open("/");
  const card = (name: string) => page.locator(".figures > div").filter({ has: page.getByText(name, { exact: true }) });
  const dates = async () => [
    await page.getByLabel("从", { exact: true }).inputValue(),
    await page.getByLabel("到", { exact: true }).inputValue(),
  ];
  const told = async (store = "") => {
    const [from, to] = await dates();
    return shop.call<{ figures: Figures; before: Figures; goods: { name: string }[]; days: unknown[] }>(
      owner,
      "GET",
      `/api/v1/figures?from=${from}&to=${to}${store}`,
    );
  };
  const all = await told();
  expect(all.figures.sold).toBeGreaterThan(0);
  await card("销售").getByText(yuan(all.figures.sold)).waitFor();
  await card("销售")
    .getByText(`前一段 ${yuan(all.before.sold)}`)
    .waitFor();
  await card("实收").getByText(yuan(all.figures.received)).waitFor();
  await card("单数")
    .getByText(String(all.figures.orders - all.figures.undone), { exact: true })
    .waitFor();
  await page.getByRole("img", { name: /这段时间每天卖了多少/ }).waitFor();
  const days = page.getByRole("region", { name: "这段时间每天卖了多少", exact: true });
  await days.first().getByText("看数字").click();
  expect(await days.first().locator("tbody tr").count()).toBe(all.days.length);
  await page
    .getByRole("region", { name: "卖得最好的商品" })
    .first()
    .getByRole("link", { name: all.goods[0]?.name })
    .waitFor();
  await page.getByRole("region", { name: "生意靠哪四件事长起来" }).first().getByText("客单价").waitFor();
  await page.getByRole("region", { name: "会员能联系上多少" }).first().getByText("短信").waitFor();
  await readable("today");

  // A store's name shows it alone, and the store stays in the address.
  const { name, id } = await shop
    .call<Items<Named>>(owner, "GET", "/api/v1/stores")
    .then(({ items }) => items[0] ?? { name: "", id: "" });
  await page.getByRole("region", { name: "各家门店怎么样" }).first().getByRole("button", { name }).click();
  const one = await told(`&store=${id}`);
  expect(one.figures.sold).toBeLessThan(all.figures.sold);
  await card("销售").getByText(yuan(one.figures.sold)).waitFor();
  expect(page.url()).toContain(id);

  await page.getByLabel("时间段").selectOption("week");
  const week = await told(`&store=${id}`);
  await card("销售").getByText(yuan(week.figures.sold)).first().waitFor();
  // What a figure stands for is one press away.
  await card("销售").getByRole("link").click();
  await page.waitForURL(/sales\/reports\?.*tab=sold/);
});

it("an owner links the till's device, sets a PIN, and takes the device out of use", async () => {
  await open("/settings/devices");
  await page.getByRole("button", { name: "登记这台设备" }).first().waitFor();
  await readable("no device");
  await page.getByRole("button", { name: "登记这台设备" }).first().click();
  const form = page.getByRole("dialog", { name: "把这台设备登记为收银设备" });
  await form.getByLabel("设备名称").fill("前台一号平板");
  await form.getByRole("button", { name: "登记这台设备" }).click();
  await form.getByText("这一项要填").waitFor();
  await form.getByLabel("放在哪个收银台").click();
  await page.keyboard.type(till().name);
  await page.keyboard.press("Enter");
  await form.getByRole("button", { name: "登记这台设备" }).click();
  await page.getByText(/这台设备已登记在.*前台一号平板/).waitFor();
  await page.getByRole("cell", { name: "前台一号平板" }).waitFor();
  await readable("a device");

  await page.goto("/console/settings/me");
  const pin = page.locator("form").filter({ has: page.getByRole("heading", { name: "收银PIN" }) });
  await pin.getByLabel("登录密码").fill(PASSWORD);
  await pin.getByLabel("新PIN").fill("1234");
  await pin.getByRole("button", { name: "设置PIN" }).click();
  await page.getByRole("alert").first().waitFor();
  await pin.getByLabel("新PIN").fill("284617");
  await pin.getByRole("button", { name: "设置PIN" }).click();
  await page.getByText("已保存").waitFor();
  // The PIN opens a session on this device.
  const { people } = await page.evaluate(
    async () =>
      (await (await fetch("/api/v1/device")).json()) as { people: { id: string; name: string; role: string }[] },
  );
  const me = people.find((one) => one.role === "owner");
  expect(me).toBeTruthy();
  const signIn = (pin: string) =>
    page.evaluate(
      async ([staff, text]) =>
        (
          await fetch("/api/v1/device/session", {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ staff, pin: text }),
          })
        ).status,
      [me?.id, pin] as const,
    );
  expect(await signIn("284618")).toBe(401);
  expect(await signIn("284617")).toBe(200);

  // Somebody else's PIN is cleared at the list of staff.
  await page.goto("/console/settings/staff");
  const row = page.getByRole("row").filter({ has: page.getByText("cashier", { exact: true }) });
  await row.getByRole("button", { name: "清除PIN" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "清除PIN" }).click();
  await page.getByText("已办好").waitFor();

  await page.goto("/console/settings/devices");
  await page.getByRole("button", { name: /^停\s?用$/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^停\s?用$/ })
    .click();
  // Who signed in there is out: the password is asked for over the page.
  await page.getByRole("dialog", { name: "请重新登录" }).waitFor();
  expect(await page.evaluate(async () => (await fetch("/api/v1/device")).status)).toBe(401);
});

interface Snapshot {
  token: string;
}

/** A sale as a till sends it that was alone; `off` is by how much its price is lower than that of the rules. */
async function offline(one: Goods, how: { token?: string; off?: number }): Promise<string> {
  const id = randomUUID();
  const price = one.price - (how.off ?? 0);
  await shop.call(owner, "POST", "/api/v1/offline-sales", {
    till: till().id,
    sales: [
      {
        id,
        at: Date.now() - 60_000,
        lines: [{ variant: one.variant, quantity_milli: 1000, unit_price: price, gross: price, net: price }],
        payments: [{ tender: "cash", amount: price }],
        snapshot: how.token ?? "none",
        total: price,
      },
    ],
  });
  return id;
}

it("a manager settles what a till sold without a network", async () => {
  const manager = await shop.signIn("manager");
  const { token } = await shop.call<Snapshot>(owner, "GET", `/api/v1/tills/${till().id}/snapshot`);
  const late = await offline(good(0), {});
  const gone = await offline(good(1), {});
  const cheap = await offline(good(2), { token, off: 100 });
  await open("/", manager);
  await page.getByRole("link", { name: "3笔断网时卖的单子等您看" }).click();
  const list = page.getByRole("region", { name: "断网订单" }).first();
  await list.getByRole("cell", { name: "价格和断网时的不一样" }).waitFor();
  await list.getByRole("cell", { name: "断网时间超过规定，或不是本台卖的" }).first().waitFor();
  await readable("offline sales");
  await page.getByLabel("状态").selectOption("booked");
  await page.getByRole("cell", { name: "断网时间超过规定，或不是本台卖的" }).first().waitFor({ state: "detached" });
  expect(await list.locator("tbody tr").count()).toBe(1);

  // Booked already: looked at, with a word.
  await page.goto(`/console/sales/offline/${cheap}`);
  await page.getByText(/价格和断网时的不一样 · 现在是/).waitFor();
  await page.getByRole("cell", { name: good(2).name }).waitFor();
  await readable("a booked sale");
  await page.getByRole("button", { name: "看过了" }).click();
  await page.getByText("这一项要填").waitFor();
  await page.getByLabel("查到了什么").fill("昨天刚调的价");
  await page.getByRole("button", { name: "看过了" }).click();
  await page.getByText("昨天刚调的价").last().waitFor();
  await page.getByText("已处理").waitFor();

  // Waiting: no order yet, then one as it was promised.
  await page.goto(`/console/sales/offline/${late}`);
  await page.getByText("等您决定").waitFor();
  expect(await page.getByRole("link", { name: "看订单" }).count()).toBe(0);
  await page.getByLabel("查到了什么").fill("停电到第二天");
  await page.getByRole("button", { name: "照单入账" }).click();
  await page.getByRole("link", { name: "看订单" }).click();
  await page
    .getByRole("region", { name: "订单" })
    .first()
    .getByText(yuan(good(0).price))
    .first()
    .waitFor();
  expect((await shop.call<Order>(manager, "GET", `/api/v1/orders/${late}`)).total).toBe(good(0).price);

  // Or never one.
  await page.goto(`/console/sales/offline/${gone}`);
  await page.getByLabel("查到了什么").fill("顾客没要，钱已退");
  await page.getByRole("button", { name: /^不入账$/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^不入账$/ })
    .click();
  await page.getByText("顾客没要，钱已退").last().waitFor();
  const orders = await fetch(`${shop.url}/api/v1/orders/${gone}`, { headers: { cookie: manager } });
  expect(orders.status).toBe(404);
});

it("goods are exchanged for others, and the difference is paid", async () => {
  const order = await sell([good(0), 2], [good(1), 1]);
  const dearer = good(4);
  await open(`/sales/orders/${order.id}`);
  await page.getByRole("button", { name: /^换\s?货$/ }).click();
  const form = page.getByRole("dialog", { name: "换货" });
  await form.getByText("请选退回的数量和换出的商品。").waitFor();
  await form.getByLabel(`退${good(0).name}的数量`).fill("1");
  await form.getByRole("combobox", { name: /^商品/ }).click();
  await page.keyboard.type(dearer.name);
  await page.locator(".ant-select-item-option").filter({ hasText: dearer.name }).first().click();
  const due = dearer.price - good(0).price;
  await form.getByText(`顾客要补 ${yuan(due)}`).waitFor();
  await readable("an exchange");
  await form.getByLabel("补的钱怎么收").selectOption("wechat_pay");
  await form.getByLabel("为什么换").fill("买大了一号");
  await form.getByRole("button", { name: "确认换货" }).click();
  await form.waitFor({ state: "detached" });
  // The page is that of what went out.
  await page.getByRole("cell", { name: dearer.name }).waitFor();
  await page.goto(`/console/sales/orders/${order.id}`);
  await page.getByRole("region", { name: "退货记录" }).getByText("换货记录").waitFor();
  const exchanges = await shop.call<{ paid: number; carried: number }[]>(
    owner,
    "GET",
    `/api/v1/orders/${order.id}/exchanges`,
  );
  expect(exchanges).toEqual([expect.objectContaining({ paid: due, carried: good(0).price })]);
  await readable("an exchanged order");
});

it("part of an order comes back, above the limit with a second person's word", async () => {
  await shop.call(owner, "PUT", "/api/v1/settings/approval", { refund_limit: 1_000, valid_minutes: 30 });
  const order = await sell([good(2), 3]);
  await open(`/sales/orders/${order.id}`);
  await page.getByRole("button", { name: "退货退款" }).click();
  const form = page.getByRole("dialog", { name: "退货退款" });
  await form.getByLabel(`退${good(2).name}的数量`).fill("2");
  await form
    .getByText(yuan(good(2).price * 2))
    .first()
    .waitFor();
  await form.getByLabel("退货原因").fill("多拿了两件");
  await form.getByRole("button", { name: "确认退款" }).click();
  await form.getByRole("button", { name: "请人复核" }).click();
  await form.getByLabel("复核人的用户名").fill("manager");
  await form.getByLabel("复核人的密码").fill(PASSWORD);
  await readable("a second person");
  await form.getByRole("button", { name: /^同\s?意$/ }).click();
  await form.getByText("已同意").waitFor();
  await form.getByRole("button", { name: "确认退款" }).click();
  await form.waitFor({ state: "detached" });
  await page.getByRole("region", { name: "退货记录" }).getByText("多拿了两件").waitFor();
  const after = await shop.call<{ refunded: number }>(owner, "GET", `/api/v1/orders/${order.id}`);
  expect(after.refunded).toBe(good(2).price * 2);
});

it("every section of the settings is read, changed and kept", async () => {
  await open("/settings/devices?tab=offline");
  await page.getByLabel("每单最多用多少储值").fill("50");
  await page.keyboard.press("Control+s");
  await page.getByText("已保存").waitFor();
  expect(await shop.call(owner, "GET", "/api/v1/settings/offline")).toMatchObject({ wallet_max: 5_000 });
  await page.goto("/console/settings/devices?tab=signIn");
  await page.getByLabel("多少分钟没有操作就要重新登录").fill("45");
  await page.keyboard.press("Control+s");
  await page.getByText("已保存").waitFor();
  expect(await shop.call(owner, "GET", "/api/v1/settings/till-sign-in")).toEqual({ idle_minutes: 45 });

  await page.goto("/console/settings/programs?tab=messages");
  await page.getByLabel("短信怎么发").selectOption("gateway");
  await page.keyboard.press("Control+s");
  await page.getByText("请先填写短信网关的地址，再打开短信。").waitFor();
  await page.getByLabel("网址").fill("https://sms.example.com/send");
  await page.getByRole("button", { name: "保存并换新密钥" }).click();
  await page.getByText(/^whsec_/).waitFor();
  await readable("messages");
  await page.getByLabel("短信怎么发").focus();
  await page.keyboard.press("Control+s");
  await expect
    .poll(() => shop.call<{ sms: string }>(owner, "GET", "/api/v1/settings/messages"))
    .toMatchObject({ sms: "gateway" });

  await page.goto("/console/settings/rules?tab=member");
  const join = page.getByLabel("没入会的人可以自己入会");
  const before = await join.getAttribute("aria-checked");
  await join.click();
  await page.keyboard.press("Control+s");
  await page.getByText("已保存").waitFor();
  expect(await shop.call(owner, "GET", "/api/v1/settings/card")).toMatchObject({ join: before !== "true" });

  await page.goto(`/console/goods/stock?store=${till().store}`);
  await page.getByRole("button", { name: "缺货时能不能卖" }).click();
  const drawer = page.getByRole("dialog", { name: "缺货时能不能卖" });
  await drawer.getByText("本店还没有自己的规则，按每样商品的设置。").waitFor();
  await drawer.getByRole("button", { name: "加一条规则" }).click();
  const form = page.getByRole("dialog", { name: "加一条规则" });
  await form.getByLabel("最多卖到零以下").fill("5");
  await form.getByRole("button", { name: /保\s?存/ }).click();
  await drawer.getByRole("cell", { name: "本店所有商品" }).waitFor();
  await drawer.getByRole("cell", { name: "5", exact: true }).waitFor();
  await readable("limits of stock");
});

it("says of every coupon of a template whose it is and where it was used", async () => {
  const template = randomUUID();
  await shop.call(owner, "POST", "/api/v1/coupon-templates", {
    id: template,
    name: "五元券",
    state: "published",
    terms: { benefit: { kind: "amount", off: 500 }, validity: { kind: "relative", days: 30 } },
  });
  const member = async (name: string, phone: string) =>
    (await shop.call<Named>(owner, "POST", "/api/v1/members", { id: randomUUID(), name, phone })).id;
  const [buyer, other] = [await member("郑晓云", "13500007701"), await member("何田田", "13500007702")];
  const issued = await shop.call<{ coupons: { id: string; member: string }[] }>(
    owner,
    "POST",
    "/api/v1/coupon-issues",
    {
      id: randomUUID(),
      template,
      members: [buyer, other],
    },
  );
  const coupon = issued.coupons.find((one) => one.member === buyer)?.id;
  const [one] = goods;
  const store = tills[0]?.store ?? "";
  const cart = {
    store,
    member: buyer,
    lines: [{ variant: one?.variant, quantity_milli: 1_000 }],
    coupons: { kind: "selected", coupons: [coupon] },
  };
  const { payable } = await shop.call<{ payable: number }>(owner, "POST", "/api/v1/quotes", cart);
  const order = await shop.call<Order>(owner, "POST", "/api/v1/orders", {
    ...cart,
    id: randomUUID(),
    payments: [{ tender: "wechat_pay", amount: payable }],
  });
  await open(`/benefits/coupons/${template}`);
  await page.getByRole("tab", { name: "发出去的券" }).click();
  const list = page.getByRole("region", { name: "发出去的券" }).first();
  await list.getByRole("link", { name: "何*田" }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await list.getByLabel("状态").selectOption({ label: "已用" });
  await list.getByRole("link", { name: "何*田" }).waitFor({ state: "detached" });
  await list.getByRole("link", { name: "郑*云" }).waitFor();
  // From the coupon to the sale that used it.
  const used = list.getByRole("row").filter({ hasText: "郑*云" });
  await used.getByRole("link", { name: /店$/ }).click();
  await page.getByRole("heading", { name: new RegExp(order.number) }).waitFor();
  await page.goBack();
  // And the coupon itself.
  await used.getByRole("button").click();
  await page.getByRole("dialog", { name: "五元券" }).getByText("已用", { exact: true }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
});

it("finds an order by its number with Ctrl K, and opens it with a click", async () => {
  const { items } = await shop.call<Items<Order>>(owner, "GET", "/api/v1/orders?limit=1");
  const number = items[0]?.number ?? "none";
  await open("/");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "搜索" }).fill(number);
  await page.getByRole("option", { name: new RegExp(number) }).click();
  await page.getByRole("heading", { name: new RegExp(number) }).waitFor();
});

it.each(["manager", "cashier", "technician", "marketer", "analyst"])(
  "offers the %s no page that refuses them",
  async (username) => {
    await open("/", await shop.signIn(username));
    const refused: string[] = [];
    page.on("response", (answer) => {
      if (answer.status() === 403) refused.push(new URL(answer.url()).pathname);
    });
    const menu = page.getByRole("navigation", { name: "菜单" });
    await menu.waitFor();
    const seen = new Set<string>();
    for (let next: string | undefined = "/console/"; next; ) {
      seen.add(next);
      await page.goto(next);
      await page.getByRole("main").getByRole("heading").first().waitFor();
      await page.waitForFunction(() => !document.querySelector("[aria-busy=true], .ant-skeleton-active"));
      const links = await menu
        .getByRole("link")
        .evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
      next = links.map((link) => link.replace(/\?.*$/, "")).find((link) => !seen.has(link));
    }
    expect(refused, username).toEqual([]);
    expect(seen.size, username).toBeGreaterThan(5);
  },
);
