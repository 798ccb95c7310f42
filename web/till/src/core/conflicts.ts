// Sales made alone that the server has, and that a manager should look at.
import { query, type Schema } from "@shuke/api";
import { useEffect } from "react";
import { connected } from "./connection";
import { usePlace } from "./place";
import { differing } from "./queue";
import { useStore } from "./store";

export type OfflineRecord = Schema<"OfflineRecord">;

/** Those of this store: waiting for a decision first, then those that were booked all the same. */
export function useConflicts() {
  const { store } = usePlace();
  const online = useStore(connected);
  // Asked again whenever the till hands over a sale that differs.
  const round = useStore(differing);
  const of = (state: "waiting" | "booked") => ({
    params: { query: { store: store.id, state, limit: 50 } },
  });
  const waiting = query.useQuery("get", "/api/v1/offline-sales", of("waiting"), { enabled: online, staleTime: 60_000 });
  const booked = query.useQuery("get", "/api/v1/offline-sales", of("booked"), { enabled: online, staleTime: 60_000 });
  const { refetch: askWaiting } = waiting;
  const { refetch: askBooked } = booked;
  useEffect(() => {
    if (round > 0) void Promise.all([askWaiting(), askBooked()]);
  }, [round, askWaiting, askBooked]);
  return {
    items: [...(waiting.data?.items ?? []), ...(booked.data?.items ?? [])],
    error: waiting.error ?? booked.error,
    again: () => Promise.all([askWaiting(), askBooked()]),
  };
}
