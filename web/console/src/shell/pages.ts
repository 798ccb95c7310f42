import { useWho } from "@shuke/ui";
import { useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { FileRoutesByTo } from "../routeTree.gen";

export type Place = keyof FileRoutesByTo;
export type Group = "today" | "members" | "sales" | "goods" | "benefits" | "insight" | "settings";

export interface PageEntry {
  to: Place;
  group: Group;
  title: string;
}

/** Which pages there are, for whom: what somebody may not see is not there. */
const PAGES = [
  ["/", "today", "today", "sale:read"],
  ["/members", "members", "members", "member:read"],
  ["/members/follow-ups", "members", "followUps", "follow-up:read"],
  ["/members/tags", "members", "tags", "member:read"],
  ["/members/cards", "members", "cards", "member:read"],
  ["/members/fields", "members", "fields", "member:read"],
  ["/members/imports", "members", "imports", "org:write"],
  ["/sales/orders", "sales", "orders", "sale:read"],
  ["/sales/shifts", "sales", "shifts", "sale:read"],
  ["/sales/held", "sales", "held", "sale:write"],
  ["/sales/approvals", "sales", "approvals", "approval:ask"],
  ["/sales/reports", "sales", "reports", "report:read"],
  ["/sales/settlements", "sales", "settlements", "report:read"],
  ["/sales/accounts", "sales", "accounts", "ledger:read"],
  ["/goods/products", "goods", "products", "catalogue:read"],
  ["/goods/categories", "goods", "categories", "catalogue:read"],
  ["/goods/stock", "goods", "stock", "catalogue:read"],
  ["/benefits/offers", "benefits", "offers", "offer:read"],
  ["/benefits/coupons", "benefits", "coupons", "loyalty:read"],
  ["/benefits/points", "benefits", "points", "loyalty:read"],
  ["/benefits/tiers", "benefits", "tiers", "loyalty:read"],
  ["/benefits/prepaid", "benefits", "prepaid", "loyalty:read"],
  ["/benefits/rewards", "benefits", "rewards", "loyalty:read"],
  ["/benefits/trials", "benefits", "trials", "loyalty:read"],
  ["/insight", "insight", "insight", "insight:read"],
  ["/settings/shop", "settings", "shop", "org:read"],
  ["/settings/devices", "settings", "devices", "org:read"],
  ["/settings/staff", "settings", "staff", "staff:read"],
  ["/settings/rules", "settings", "rules", "org:read"],
  ["/settings/programs", "settings", "programs", "key:write"],
  ["/settings/audit", "settings", "audit", "audit:read"],
  ["/settings/me", "settings", "me", undefined],
] as const;

export const GROUPS: Group[] = ["today", "members", "sales", "goods", "benefits", "insight", "settings"];

/** The pages of whoever is signed in. */
export function usePages(): PageEntry[] {
  const { t } = useTranslation(["app", "ui"]);
  const { permissions } = useWho();
  const { routesByPath } = useRouter();
  return PAGES.filter(
    ([to, , , permission]) => to in routesByPath && (!permission || permissions.includes(permission)),
  ).map(([to, group, name]) => ({ to: to as Place, group, title: t(`page.${name}`) }));
}
