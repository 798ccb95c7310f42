// Members as the till knows them: asked of the server, and kept for when it is out of reach.
import { api, asProblem, type Schema } from "@shuke/api";
import { connected } from "./connection";
import { db } from "./db";

export type Brief = Schema<"MemberBrief">;

/** What is asked again once something of the member has changed. */
export const TILL_VIEW = ["get", "/api/v1/members/{id}/till-view"];

const KNOWN_MAX = 2_000;
const FOUND_MAX = 8;

/** As a list shows a member. */
export function briefOf(view: Schema<"MemberView">): Brief {
  const { id, number, kind, state, stage, orders, amount, last_purchase_on, person } = view;
  return { id, number, kind, state, stage, orders, amount, last_purchase_on, name: person.name, phone: person.phone };
}

/** The member with an id, asked of the server. */
export async function memberById(id: string): Promise<Brief | undefined> {
  const { data } = await api.GET("/api/v1/members/{id}", { params: { path: { id } } });
  return data && briefOf(data);
}

/** Keeps a member who was at this till; the oldest beyond two thousand go. */
export async function remember(brief: Brief): Promise<void> {
  const before = await db().members.get(brief.id);
  await db().members.put({
    ...before,
    id: brief.id,
    number: brief.number,
    name: brief.name ?? undefined,
    phone: brief.phone ?? undefined,
    seenAt: Date.now(),
    brief,
  });
  const over = (await db().members.count()) - KNOWN_MAX;
  if (over > 0) await db().members.bulkDelete(await db().members.orderBy("seenAt").limit(over).primaryKeys());
}

/** What a wallet held when it was last seen, and what sales that wait here take of it; in minor units. */
export async function heldAlone(id: string): Promise<{ wallet: number; waiting: number; points: number | undefined }> {
  const known = await db().members.get(id);
  const sales = await db().sales.toArray();
  const waiting = sales
    .map((sale) => sale.offline ?? sale.body)
    .filter((sale) => sale?.member === id)
    .flatMap((sale) => sale?.payments ?? [])
    .filter((payment) => payment.tender === "wallet")
    .reduce((sum, payment) => sum + payment.amount, 0);
  return { wallet: known?.wallet ?? 0, waiting, points: known?.points };
}

/** Whether digits are the end of a masked phone, and its beginning too where they are a whole one. */
function sounds(digits: string, phone: string | undefined): boolean {
  if (!/^\d{4,}$/.test(digits) || !phone?.endsWith(digits.slice(-4))) return false;
  return digits.length < 11 || phone.includes(digits.slice(-11, -8));
}

async function known(text: string): Promise<Brief[]> {
  const wanted = text.toLowerCase();
  const found = await db()
    .members.filter(
      (member) =>
        member.number.toLowerCase() === wanted ||
        sounds(wanted, member.phone) ||
        (/^[a-z]+$/.test(wanted) && (member.initials ?? "").startsWith(wanted)) ||
        (member.name ?? "").includes(text),
    )
    .limit(FOUND_MAX)
    .toArray();
  return found.map((member) => member.brief);
}

/** Members whom a text means: phone, last four digits, number, name, initials or the code on the phone. */
export async function searchMembers(text: string, signal?: AbortSignal): Promise<Brief[]> {
  if (!connected.get()) return known(text);
  try {
    const { data } = await api.GET("/api/v1/members", {
      params: { query: { q: text, limit: FOUND_MAX } },
      ...(signal ? { signal } : {}),
    });
    return data?.items ?? [];
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.offline) return known(text);
    if (problem.code === "search_malformed") return [];
    throw problem;
  }
}

/** The member whom a scanned code or card names; undefined where it names none. */
export async function identify(code: string): Promise<Brief | undefined> {
  try {
    return (await api.POST("/api/v1/codes/identify", { body: { code } })).data;
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (problem.offline || problem.status === 404 || problem.status === 400 || problem.status === 422) return undefined;
    throw problem;
  }
}
