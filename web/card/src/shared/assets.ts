import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";

export type Assets = Schema<"Assets">;

/** Everything that a member holds; looked at again while the page is open, so that a sale shows by itself. */
export function useAssets(fresh = false) {
  return useQuery({
    queryKey: ["get", "/api/v1/me/assets"],
    queryFn: async () => (await api.GET("/api/v1/me/assets")).data as Assets,
    refetchInterval: fresh ? 10_000 : false,
  });
}
