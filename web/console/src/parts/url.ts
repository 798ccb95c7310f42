import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** What the address says beyond the page: store and period hold everywhere, the rest belongs to the page. */
export type Search = {
  store?: string;
  /** Local dates, both within. */
  from?: string;
  to?: string;
  tab?: string;
  cursor?: string;
  q?: string;
  [filter: string]: string | undefined;
};

/** Reads `?stage=active&store=…`. */
export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

/** Writes what is set, in the order in which it was set. */
export function stringifySearch(search: Record<string, unknown>): string {
  const text = new URLSearchParams(
    Object.entries(search).flatMap(([key, value]) => (value ? [[key, String(value)]] : [])),
  ).toString();
  return text && `?${text}`;
}

/** The address, and a way to change parts of it. A change of a filter begins at the first page again. */
export function useUrl(): [Search, (change: Search, options?: { push?: boolean }) => void] {
  const search = useSearch({ from: "__root__" }) as Search;
  const navigate = useNavigate();
  const change = useCallback(
    (change: Search, options: { push?: boolean } = {}) =>
      void navigate({
        to: ".",
        replace: !options.push,
        search: ((old: Search) => ({
          ...old,
          ...("cursor" in change ? {} : { cursor: undefined }),
          ...change,
        })) as never,
      }),
    [navigate],
  );
  return [search, change];
}
