// What the scripts share: the built faces on the real binary with a demo of their own, and who signs in.
import { runnerImport } from "vite";

const { module: shops } = await runnerImport("e2e/shop.ts");
const { module: members } = await runnerImport("e2e/member.ts");

export const { Shop } = shops;
export const { memberCookie } = members;

/** Gives a browser the cookie that the API answered with. */
export async function withCookie(context, shop, cookie) {
  const at = cookie.indexOf("=");
  await context.addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: shop.url }]);
  return context;
}

/** Enrols somebody who buys something, so that there is something to show. */
export async function customer(shop, owner, phone, name) {
  const call = (method, path, body) => shop.call(owner, method, path, body);
  const member = await call("POST", "/api/v1/members", { phone, name, gender: "female", birthday: "1993-12-02" });
  const store = (await call("GET", "/api/v1/stores")).items[0].id;
  await call("POST", "/api/v1/top-ups", {
    id: crypto.randomUUID(),
    member: member.id,
    store,
    amount: 100_000,
    tender: "wechat_pay",
  });
  const { items } = await call("GET", "/api/v1/products?limit=100");
  const goods = items.filter((one) => one.kind === "goods" && one.variants[0]?.price >= 5_000).slice(0, 3);
  const lines = goods.map((one) => ({ variant: one.variants[0].id, quantity_milli: 2_000 }));
  const cart = { store, member: member.id, lines, coupons: { kind: "none" } };
  const { payable } = await call("POST", "/api/v1/quotes", cart);
  const payments = [{ tender: "wallet", amount: Math.min(payable, 40_000) }];
  if (payable > 40_000) payments.push({ tender: "wechat_pay", amount: payable - 40_000 });
  await call("POST", "/api/v1/orders", { ...cart, id: crypto.randomUUID(), payments });
  const templates = (await call("GET", "/api/v1/coupon-templates")).items.filter((one) => one.state === "published");
  for (const template of templates.slice(0, 3)) {
    await call("POST", "/api/v1/coupon-issues", {
      id: crypto.randomUUID(),
      template: template.id,
      members: [member.id],
    }).catch(() => undefined);
  }
  return { ...member, phone, store };
}
