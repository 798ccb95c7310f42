import { api, asProblem } from "@shuke/api";
import { later, type TillView } from "../../core/contract";

/** What the till shows at once about a member; of a server without that call, what its overview has of it. */
export async function viewOf(id: string): Promise<TillView | null> {
  try {
    const { data } = await later.GET<TillView>("/api/v1/members/{id}/till-view", { params: { path: { id } } });
    return data ?? null;
  } catch (thrown) {
    if (asProblem(thrown).status !== 404) throw thrown;
  }
  const params = { path: { id } };
  const [{ data }, passes] = await Promise.all([
    api.GET("/api/v1/members/{id}/overview", { params }),
    api.GET("/api/v1/members/{id}/passes", { params: { ...params, query: { limit: 20 } } }),
  ]);
  if (!data) return null;
  return {
    stage: data.member.stage,
    tags: data.member.tags.filter((tag) => !tag.archived).map((tag) => tag.name),
    balances: data.balances,
    tier: data.tier,
    passes: (passes.data?.items ?? []).filter((pass) => pass.state === "active"),
    coupons: data.coupons,
    birthdays: [],
    children: [],
    notes: data.notes.filter((note) => note.pinned),
    starter_picks: [],
    replenish: [],
  };
}
