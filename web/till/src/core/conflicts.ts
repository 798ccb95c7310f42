// Sales made alone that the server has, and that a manager should look at.
import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { connected } from "./connection";
import { usePlace } from "./place";
import { differing } from "./queue";
import { useStore } from "./store";

/** Those of this store: waiting for a decision first, then those that were booked all the same. */
export function useConflicts() {
  const { store } = usePlace();
  const online = useStore(connected);
  // Asked again whenever the till hands over a sale that differs.
  const round = useStore(differing);
  const asked = useQuery({
    queryKey: ["offline-sales", store.id],
    enabled: online,
    staleTime: 60_000,
    retry: false,
    queryFn: async () => {
      const of = (state: Schema<"OfflineState">) =>
        api.GET("/api/v1/offline-sales", {
          params: { query: { store: store.id, state, limit: 50 } },
        });
      const [waiting, booked] = await Promise.all([of("waiting"), of("booked")]);
      return [...(waiting.data?.items ?? []), ...(booked.data?.items ?? [])];
    },
  });
  const { refetch } = asked;
  useEffect(() => {
    if (round > 0) void refetch();
  }, [round, refetch]);
  return { items: asked.data ?? [], error: asked.error, again: refetch };
}
