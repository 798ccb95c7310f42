import { api, type Schema } from "@shuke/api";
import { usePages } from "../../shared/pages";

export type Movement = Schema<"Movement">;

export function useMovements(kind: "points" | "principal" | "bonus") {
  return usePages("/api/v1/me/movements", { kind }, async (cursor) => {
    const { data } = await api.GET("/api/v1/me/movements", { params: { query: { kind, cursor, limit: 30 } } });
    return data as { items: Movement[]; next?: string | null };
  });
}
