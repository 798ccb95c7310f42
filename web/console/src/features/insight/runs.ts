import { api, type Schema } from "@shuke/api";
import { useWho } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { useUrl } from "../../parts/url";
import type { Analysis, Run } from "./model";

const AGAIN_MS = 1_000;
const LATER_MS = 60_000;

export const isActive = (run: Run) => run.state === "queued" || run.state === "running";

/** What there is to be asked. */
export function useCatalogue() {
  return useQuery({
    queryKey: ["insight", "analyses"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await api.GET("/api/v1/insight/analyses")).data as Schema<"AnalysisInfo">[],
  });
}

/** Runs, newest first: of one analysis, or the newest that are done of each. */
export function useRuns(wanted: { analysis?: Analysis; state?: Schema<"RunState">; latest?: boolean; limit?: number }) {
  return useQuery({
    queryKey: ["insight", "runs", wanted],
    // What is under way is looked at again soon; the rest now and then, since others ask too.
    refetchInterval: (query) => (query.state.data?.some(isActive) ? AGAIN_MS : LATER_MS),
    queryFn: async () =>
      (await api.GET("/api/v1/insight/runs", { params: { query: { limit: 30, ...wanted } } })).data?.items ?? [],
  });
}

/** What a run found; what is done stays as it is. */
export const runQuery = (id: string | undefined) => ({
  queryKey: ["insight", "run", id],
  enabled: Boolean(id),
  staleTime: 300_000,
  queryFn: async () =>
    (await api.GET("/api/v1/insight/runs/{id}", { params: { path: { id: id ?? "" } } })).data as Schema<"RunDetail">,
});

export function useRun(id: string | undefined) {
  return useQuery(runQuery(id));
}

/** What the lake holds, and whether it is behind. */
export function useLake() {
  return useQuery({
    queryKey: ["insight", "lake"],
    refetchInterval: (query) => (query.state.data?.refreshing ? AGAIN_MS : false),
    queryFn: async () => (await api.GET("/api/v1/insight/lake")).data as Schema<"LakeState">,
  });
}

/** The store that is asked about: the one at the top, or the only one of whoever looks. */
export function useOwnStore(): string | undefined {
  const [{ store }] = useUrl();
  const { stores } = useWho();
  return store ?? (stores?.length === 1 ? stores[0] : undefined);
}
