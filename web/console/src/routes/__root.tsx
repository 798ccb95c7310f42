import { createRootRoute, retainSearchParams } from "@tanstack/react-router";
import type { Search } from "../parts/url";
import { Gate } from "../shell/Gate";

export const Route = createRootRoute({
  validateSearch: (raw: Record<string, unknown>): Search => raw as Search,
  // The store and the period hold on every page.
  search: { middlewares: [retainSearchParams<Search>(["store", "from", "to"])] },
  component: Gate,
});
