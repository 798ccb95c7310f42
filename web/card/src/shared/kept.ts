// The card remembers: what the server last said about a member stays on the phone, and is shown with its
// time where there is no network. The code of the half minute is never kept.
import { asProblem } from "@shuke/api";
import { dehydrate, hydrate, type Query, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

const KEPT = "shuke.card.kept";
const MERCHANT = "shuke.card.merchant";
const PHONE = "shuke.card.phone";
/** How long is waited for more answers before all are written down. */
const SETTLE_MS = 400;

const isOwn = (query: Query) => String(query.queryKey[1] ?? "").startsWith("/api/v1/me");
const isKept = (query: Query) =>
  isOwn(query) && !/\/(code|receipt)$/.test(String(query.queryKey[1])) && query.state.data !== undefined;

/** Brings back what was kept, and keeps what comes. */
export function remember(client: QueryClient): void {
  try {
    hydrate(client, JSON.parse(localStorage.getItem(KEPT) ?? "null"));
  } catch {
    // Written by another version of the card: the server knows everything anyway.
    localStorage.removeItem(KEPT);
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const settle = () => {
    clearTimeout(timer);
    timer = undefined;
    write(client);
  };
  client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success" || !isKept(event.query)) return;
    clearTimeout(timer);
    timer = setTimeout(settle, SETTLE_MS);
  });
  // A page that goes away waits no longer.
  addEventListener("pagehide", () => timer !== undefined && settle());
}

function write(client: QueryClient): void {
  const kept = dehydrate(client, { shouldDehydrateQuery: isKept });
  for (const { state } of kept.queries)
    Object.assign(state, { status: "success", error: null, fetchFailureReason: null });
  try {
    localStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // The phone's storage is full: the card works, it only doesn't remember.
    localStorage.removeItem(KEPT);
  }
}

/** Forgets the member of this phone. */
export function forget(client: QueryClient): void {
  client.clear();
  localStorage.removeItem(KEPT);
  localStorage.removeItem(PHONE);
}

/** Whether anything of a member is here to be shown. */
export function knowsMember(client: QueryClient): boolean {
  return client
    .getQueryCache()
    .findAll({ queryKey: ["get", "/api/v1/me"] })
    .some((query) => query.state.data !== undefined);
}

export const lastMerchant = () => localStorage.getItem(MERCHANT) ?? undefined;
export const keepMerchant = (merchant: number) => localStorage.setItem(MERCHANT, String(merchant));
export const lastPhone = () => localStorage.getItem(PHONE) ?? "";
export const keepPhone = (phone: string) => localStorage.setItem(PHONE, phone);

const unreached = ({ state }: Query) =>
  state.fetchStatus === "paused" ||
  [state.error, state.fetchFailureReason].some((error) => error && asProblem(error).offline);

/** The moment as of which the page is shown, where the server can't be reached; 0 with nothing kept. */
export function useOffline(): number | undefined {
  const client = useQueryClient();
  const cache = client.getQueryCache();
  return useSyncExternalStore(
    (changed) => cache.subscribe(() => setTimeout(changed)),
    () => {
      const shown = cache.getAll().filter((query) => isOwn(query) && query.isActive());
      if (!shown.some(unreached)) return undefined;
      const times = shown.map((query) => query.state.dataUpdatedAt).filter((at) => at > 0);
      return times.length > 0 ? Math.min(...times) : 0;
    },
  );
}
