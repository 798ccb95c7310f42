import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";

export type Me = Schema<"Profile">;

export const ME = ["get", "/api/v1/me", {}] as const;

/** Who is signed in on this phone. */
export function useMe(enabled = true) {
  return useQuery({ queryKey: ME, queryFn: async () => (await api.GET("/api/v1/me")).data as Me, enabled });
}
