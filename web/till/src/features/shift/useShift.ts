import { query, type Schema } from "@shuke/api";
import { connected } from "../../core/connection";
import { usePlace } from "../../core/place";
import { useStore } from "../../core/store";

/** The till's shift: the open one, whether one is needed before selling, and the question behind it. */
export function useShift() {
  const { store, till } = usePlace();
  const online = useStore(connected);
  const policy = query.useQuery("get", "/api/v1/settings/shift", {}, { staleTime: 60_000, enabled: online });
  const on = policy.data !== undefined && policy.data.mode !== "off";
  const shifts = query.useQuery(
    "get",
    "/api/v1/shifts",
    { params: { query: { store: store.id, state: "open", limit: 100 } } },
    { enabled: on && online, staleTime: 10_000 },
  );
  const open: Schema<"Shift"> | undefined = shifts.data?.items.find((shift) => shift.till === till.id);
  return {
    on,
    open,
    needed: policy.data?.mode === "required" && shifts.isSuccess && !open,
    error: policy.error ?? shifts.error,
    pending: policy.isPending || (on && shifts.isPending),
    again: shifts.refetch,
  };
}
