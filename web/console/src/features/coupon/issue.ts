import { api, newId, once } from "@shuke/api";

interface Batch {
  id: string;
  members: string[];
}

/** Members of one request; the server takes at most 1,000. */
const MEMBERS = 500;
const PAGE = 200;

/** What a decision comes to, by its key: a retry sends the same batches to the same members. */
const decided = new Map<string, Batch[]>();

/** Issues coupons to everybody with a tag, in batches that happen once each. */
export async function issueToTag(template: string, tag: string, count: number, key: string): Promise<void> {
  const batches = decided.get(key) ?? (await batchesOf(tag, key));
  decided.set(key, batches);
  for (const { id, members } of batches)
    await api.POST("/api/v1/coupon-issues", {
      params: { header: once(id) },
      body: { id, template, members, count },
    });
  decided.delete(key);
}

async function batchesOf(tag: string, key: string): Promise<Batch[]> {
  const members: string[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await api.GET("/api/v1/members", { params: { query: { tag, cursor, limit: PAGE } } });
    members.push(...(data?.items ?? []).map((member) => member.id));
    cursor = data?.next ?? undefined;
  } while (cursor);
  const batches: Batch[] = [];
  for (let from = 0; from < members.length; from += MEMBERS)
    batches.push({ id: from === 0 ? key : newId(), members: members.slice(from, from + MEMBERS) });
  return batches;
}
