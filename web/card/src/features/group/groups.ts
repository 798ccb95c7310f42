import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";

export type MyGroup = Schema<"MyGroup">;

/** The households and companies that the member belongs to, with what they hold. */
export const useGroups = () =>
  useQuery({
    queryKey: ["get", "/api/v1/me/groups"],
    queryFn: async () => (await api.GET("/api/v1/me/groups")).data as MyGroup[],
  });
