// The way to WeChat and back: the browser fetches a code there, and the state says that it was we who sent it.
import type { Shop } from "./shop";

export type Purpose = "enter" | "link";

interface Left {
  state: string;
  purpose: Purpose;
}

export interface Arrival {
  purpose: Purpose;
  code: string;
}

const PLACE = "shuke.wechat";

let arrival: Arrival | undefined;

/** Whether the card is open inside WeChat: elsewhere WeChat gives no code. */
export const inWechat = () => /MicroMessenger/i.test(navigator.userAgent);

/** Leaves for WeChat; the browser comes back to `/card/{merchant}/wechat`. */
export function leaveForWechat(shop: Shop, purpose: Purpose): void {
  if (!shop.wechat) return;
  const state = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  sessionStorage.setItem(PLACE, JSON.stringify({ state, purpose } satisfies Left));
  // WeChat takes these in this order only.
  const asked = [
    ["appid", shop.wechat.app_id],
    ["redirect_uri", `${location.origin}/card/${shop.merchant}/wechat`],
    ["response_type", "code"],
    ["scope", "snsapi_base"],
    ["state", state],
  ].map(([name = "", value = ""]) => `${name}=${encodeURIComponent(value)}`);
  location.assign(`${shop.wechat.authorize_url}?${asked.join("&")}#wechat_redirect`);
}

/** Reads what WeChat sent the browser back with, once, and takes it out of the address. */
export function arriveFromWechat(): void {
  const query = new URLSearchParams(location.search);
  const code = query.get("code");
  if (!code || !location.pathname.endsWith("/wechat")) return;
  history.replaceState(null, "", location.pathname);
  const kept = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (!kept) return;
  const left = JSON.parse(kept) as Left;
  // A code that came by another way than ours is somebody else's.
  if (left.state === query.get("state")) arrival = { purpose: left.purpose, code };
}

/** The code that came back for a purpose; the code counts once, and so does this. */
export function takeArrival(purpose: Purpose): string | undefined {
  if (arrival?.purpose !== purpose) return undefined;
  const { code } = arrival;
  arrival = undefined;
  return code;
}
