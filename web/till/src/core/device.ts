import { api } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";

/** This device as the server knows it; null where it is not registered, or while the server is away. */
export function useDevice() {
  return useQuery({
    queryKey: ["device"],
    queryFn: async () => (await api.GET("/api/v1/device")).data ?? null,
    retry: false,
    staleTime: 60_000,
  });
}
