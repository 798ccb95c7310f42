import { api, type paths } from "@shuke/api";
import { usePages } from "../../shared/pages";

type Page = paths["/api/v1/me/movements"]["get"]["responses"]["200"]["content"]["application/json"];
export type Movement = Page["items"][number];

export function useMovements(kind: "points" | "principal" | "bonus") {
  return usePages("/api/v1/me/movements", { kind }, async (cursor) => {
    const { data } = await api.GET("/api/v1/me/movements", { params: { query: { kind, cursor, limit: 30 } } });
    return data as Page;
  });
}
