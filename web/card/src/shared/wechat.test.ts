// @vitest-environment jsdom
import { beforeEach, expect, it, vi } from "vitest";
import type { Shop } from "./shop";
import { arriveFromWechat, leaveForWechat, takeArrival } from "./wechat";

const shop = {
  merchant: 7,
  wechat: { app_id: "wx0001", authorize_url: "https://open.weixin.qq.com/connect/oauth2/authorize" },
} as Shop;

beforeEach(() => sessionStorage.clear());

/** Leaves for WeChat; answers where the browser went. */
function left(): URL {
  const assign = vi.fn();
  vi.stubGlobal("location", { origin: "https://shop.example", assign });
  leaveForWechat(shop, "link");
  vi.unstubAllGlobals();
  return new URL(assign.mock.calls[0]?.[0] as string);
}

it("asks WeChat in the order that it wants, and comes back to the card", () => {
  const went = left();
  expect([...went.searchParams.keys()]).toEqual(["appid", "redirect_uri", "response_type", "scope", "state"]);
  expect(went.searchParams.get("redirect_uri")).toBe("https://shop.example/card/7/wechat");
  expect(went.hash).toBe("#wechat_redirect");
});

it("takes a code once, for what it was asked for", () => {
  const state = left().searchParams.get("state");
  history.replaceState(null, "", `/card/7/wechat?code=c1&state=${state}`);
  arriveFromWechat();
  expect(location.search).toBe("");
  expect(takeArrival("enter")).toBeUndefined();
  expect(takeArrival("link")).toBe("c1");
  expect(takeArrival("link")).toBeUndefined();
});

it("takes no code that somebody else sent", () => {
  left();
  history.replaceState(null, "", "/card/7/wechat?code=theirs&state=0000");
  arriveFromWechat();
  expect(takeArrival("link")).toBeUndefined();
  // Nor one to a page that never left.
  history.replaceState(null, "", "/card/7/wechat?code=theirs&state=");
  arriveFromWechat();
  expect(takeArrival("link")).toBeUndefined();
});
