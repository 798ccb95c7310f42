import { QueryClient } from "@tanstack/react-query";
import createFetchClient, { type Middleware } from "openapi-fetch";
import createQueryClient from "openapi-react-query";
import { asProblem, Problem, type ProblemBody } from "./problem";
import type { paths } from "./schema";

const problems: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    let body: ProblemBody | undefined;
    try {
      body = (await response.clone().json()) as ProblemBody;
    } catch {
      // A proxy answered, not the server: its page says nothing that a person could use.
    }
    const unreached = !body && response.status >= 502 && response.status <= 504;
    const requestId = response.headers.get("x-request-id") ?? undefined;
    throw new Problem(unreached ? "offline" : (body?.code ?? "internal"), response.status, body, requestId);
  },
  onError({ error }) {
    return asProblem(error);
  },
};

/** The typed client: `api.GET("/api/v1/members", …)`. Refusals are thrown as [`Problem`]. */
export const api = createFetchClient<paths>({ baseUrl: "", credentials: "same-origin" });
api.use(problems);

/** The same as hooks: `query.useQuery("get", "/api/v1/members", …)`. */
export const query = createQueryClient(api);

/** Names one write. Made when a person decides, kept for every retry of that decision. */
export function newKey(): string {
  return newId();
}

/** A UUIDv7: ids made here sort by the moment at which they were made. */
export function newId(now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 0; at < 6; at++) bytes[at] = Math.floor(now / 2 ** (8 * (5 - at))) & 0xff;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The header that makes a write happen once, however often it is sent. */
export function once(key: string): { "Idempotency-Key": string } {
  return { "Idempotency-Key": key };
}

/** Reads are asked again where the server was not reached; refusals are answers and are not. */
export function newQueryClient(): QueryClient {
  const retry = (count: number, error: unknown) => {
    const problem = asProblem(error);
    return (problem.offline || problem.status === 503) && count < 3;
  };
  return new QueryClient({
    defaultOptions: {
      queries: { retry, staleTime: 5_000, refetchOnWindowFocus: false },
      // The key of the write is in its variables: asking again can't do it twice.
      mutations: { retry, retryDelay: (count) => 400 * 2 ** count },
    },
  });
}
