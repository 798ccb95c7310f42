import { api } from "@shuke/api";
import { queryOptions, useQuery } from "@tanstack/react-query";

/** Asked again at least and at most so long after the last time. */
const WAIT_MS_MIN = 2_000;
const WAIT_MS_MAX = 40_000;

/** The code of this half minute; the next one is fetched before this one ends. The phone's clock may be wrong. */
export const useMemberCode = () => useQuery(MEMBER_CODE);

/** Asked for as soon as the card opens, beside everything else. */
export const MEMBER_CODE = queryOptions({
  queryKey: ["get", "/api/v1/me/code"],
  queryFn: async () => {
    const { data, response } = await api.GET("/api/v1/me/code");
    if (!data) throw new TypeError("no code");
    const serverNow = Date.parse(response.headers.get("date") ?? "") || Date.now();
    const wait = Math.min(Math.max(data.next_at - serverNow, WAIT_MS_MIN), WAIT_MS_MAX);
    const left = Math.min(Math.max(data.expires_at - serverNow, 0), 4 * WAIT_MS_MAX);
    return { ...data, wait, endsAt: Date.now() + left };
  },
  staleTime: 0,
  // Not reached: tried again soon, so that the code is there as soon as the network is.
  refetchInterval: (query) =>
    query.state.status === "success" ? (query.state.data?.wait ?? WAIT_MS_MIN) : WAIT_MS_MIN,
  refetchIntervalInBackground: false,
  refetchOnWindowFocus: "always",
  retry: false,
});
