import { api, type Schema } from "@shuke/api";
import { useMay, useWho } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

// What forms and lists name by an id: read once a minute at most, few of each.

const KEEP = { staleTime: 60_000 };

/** Reads a whole list that a shop has few of; at most 20 pages. */
async function whole<Row>(
  page: (cursor?: string) => Promise<{ items: Row[]; next?: string | null } | undefined>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  for (let turn = 0; turn < 20; turn++) {
    const found = await page(cursor);
    rows.push(...(found?.items ?? []));
    if (!found?.next) break;
    cursor = found.next;
  }
  return rows;
}

export function useStores(): Schema<"Store">[] {
  return (
    useQuery({
      ...KEEP,
      queryKey: ["stores"],
      queryFn: () =>
        whole(async (cursor) => (await api.GET("/api/v1/stores", { params: { query: { cursor, limit: 100 } } })).data),
    }).data ?? []
  );
}

export function useTills(): Schema<"Till">[] {
  return (
    useQuery({
      ...KEEP,
      queryKey: ["tills"],
      queryFn: () =>
        whole(async (cursor) => (await api.GET("/api/v1/tills", { params: { query: { cursor, limit: 100 } } })).data),
    }).data ?? []
  );
}

export function useTiers(): Schema<"Tier">[] {
  return (
    useQuery({
      ...KEEP,
      queryKey: ["settings", "tiers"],
      queryFn: async () => (await api.GET("/api/v1/settings/tiers")).data as Schema<"TierScheme">,
    }).data?.tiers ?? []
  );
}

export function useCategories(): Schema<"Category">[] {
  return (
    useQuery({
      ...KEEP,
      queryKey: ["categories"],
      queryFn: async () => (await api.GET("/api/v1/categories")).data?.items ?? [],
    }).data ?? []
  );
}

export function useTemplates(): Schema<"CouponTemplate">[] {
  return (
    useQuery({
      ...KEEP,
      queryKey: ["coupon-templates", "all"],
      queryFn: () =>
        whole(
          async (cursor) =>
            (await api.GET("/api/v1/coupon-templates", { params: { query: { cursor, limit: 100 } } })).data,
        ),
    }).data ?? []
  );
}

export function useTags(): Schema<"Tag">[] {
  return (
    useQuery({
      ...KEEP,
      queryKey: ["tags"],
      queryFn: () =>
        whole(async (cursor) => (await api.GET("/api/v1/tags", { params: { query: { cursor, limit: 100 } } })).data),
    }).data ?? []
  );
}

export function useCardDesigns(): Schema<"CardDesign">[] {
  return (
    useQuery({
      ...KEEP,
      queryKey: ["card-designs"],
      queryFn: async () => (await api.GET("/api/v1/card-designs")).data?.items ?? [],
    }).data ?? []
  );
}

export function useProducts(q: string): Schema<"Product">[] {
  return (
    useQuery({
      ...KEEP,
      queryKey: ["products", "pick", q],
      placeholderData: (old: Schema<"Product">[] | undefined) => old,
      queryFn: async () =>
        (await api.GET("/api/v1/products", { params: { query: { q: q || undefined, limit: 50 } } })).data?.items ?? [],
    }).data ?? []
  );
}

export function useProduct(id: string | undefined): Schema<"Product"> | undefined {
  return useQuery({
    ...KEEP,
    enabled: Boolean(id),
    queryKey: ["products", id],
    queryFn: async () =>
      (await api.GET("/api/v1/products/{id}", { params: { path: { id: id ?? "" } } })).data as Schema<"Product">,
  }).data;
}

export function useStaff(): Schema<"Staff">[] {
  return (
    useQuery({
      ...KEEP,
      queryKey: ["staff"],
      enabled: useMay("staff:read"),
      queryFn: async () => (await api.GET("/api/v1/staff", { params: { query: { limit: 200 } } })).data?.items ?? [],
    }).data ?? []
  );
}

/** The name of who did something: `staff:…` is the name of a member of staff. */
export function useActorName(): (actor: string | null | undefined) => string {
  const { t } = useTranslation(["app", "ui"]);
  const staff = useStaff();
  const who = useWho();
  return (actor) => {
    if (!actor) return "–";
    const [kind, id] = actor.split(":");
    if (kind === "system" || kind === "key" || kind === "member") return t(`audit.${kind}`);
    if (kind !== "staff") return actor;
    return staff.find((one) => one.id === id)?.name ?? (id === who.id ? who.name : "–");
  };
}

/** The name of a store, by its id. */
export function useStoreName(): (id: string | null | undefined) => string {
  const stores = useStores();
  return (id) => (id ? (stores.find((store) => store.id === id)?.name ?? "–") : "–");
}

/** The name of a tier, by its id. */
export function useTierName(): (id: string | null | undefined) => string {
  const tiers = useTiers();
  return (id) => (id ? (tiers.find((tier) => tier.id === id)?.name ?? "–") : "–");
}

/** The name of a category, by its id. */
export function useCategoryName(): (id: string | null | undefined) => string {
  const categories = useCategories();
  return (id) => (id ? (categories.find((category) => category.id === id)?.name ?? "–") : "–");
}
