import { api, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useLabel } from "../../parts/format";
import { useStoreName, useTills } from "../../parts/refs";
import { useUrl } from "../../parts/url";

const NAMED = 5;

/** What waits for somebody; each leads to where it is done. */
export function Needs({ alerts }: { alerts?: Schema<"Alerts"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const waiting = useWaiting();
  const told = useAlerts(alerts);
  const all: [string, ReactNode][] = [...waiting, ...told];
  return (
    <section className="form-section below" aria-label={t("today.needs")}>
      <h2>{t("today.needs")}</h2>
      {all.length === 0 ? (
        <p className="help">{t("today.needsNothing")}</p>
      ) : (
        <ul className="needs">
          {all.map(([key, what]) => (
            <li key={key}>{what}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Decisions that wait: approvals, sales that were made without a network. */
function useWaiting(): [string, ReactNode][] {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const [{ store }] = useUrl();
  const approvals = useQuery({
    queryKey: ["approvals", "waiting"],
    enabled: useMay("approval:ask"),
    queryFn: async () =>
      (await api.GET("/api/v1/approvals", { params: { query: { state: "waiting", limit: 50 } } })).data?.items ?? [],
  });
  const offline = useQuery({
    queryKey: ["offline-sales", "open", store],
    enabled: useMay("approval:give"),
    queryFn: async () => {
      const of = async (state: Schema<"OfflineState">) =>
        (await api.GET("/api/v1/offline-sales", { params: { query: { state, store, limit: 50 } } })).data?.items ?? [];
      return [...(await of("waiting")), ...(await of("booked"))];
    },
  });
  const followUps = useQuery({
    queryKey: ["follow-ups", "counts", store],
    enabled: useMay("follow-up:read"),
    queryFn: async () =>
      (await api.GET("/api/v1/follow-ups/counts", { params: { query: { store } } })).data as Schema<"FollowUpCounts">,
  });
  const { overdue = 0, due_today = 0, today } = followUps.data ?? {};
  const asked = approvals.data?.length ?? 0;
  const made = offline.data?.length ?? 0;
  const found: [string, ReactNode][] = [];
  if (overdue + due_today > 0)
    found.push([
      "follow-ups",
      <Link key="follow-ups" to="/members/follow-ups" search={{ due: today } as never}>
        {t(overdue > 0 ? "today.followUpsLate" : "today.followUps", {
          n: f.count(overdue + due_today),
          late: f.count(overdue),
        })}
      </Link>,
    ]);
  if (asked > 0)
    found.push([
      "approvals",
      <Link key="approvals" to="/sales/approvals" search={{ state: "waiting" } as never}>
        {t("today.approvals", { n: asked })}
      </Link>,
    ]);
  if (made > 0)
    found.push([
      "offline",
      <Link key="offline" to="/sales/approvals" search={{ tab: "offline" } as never}>
        {t("today.offline", { n: made })}
      </Link>,
    ]);
  return found;
}

/** What the figures name: shifts left open, cards that are passed around, stock that runs low, value that ends. */
function useAlerts(alerts: Schema<"Alerts"> | undefined): [string, ReactNode][] {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const store = useStoreName();
  const tills = useTills();
  if (!alerts) return [];
  const amount = (row: Schema<"Ending">) =>
    row.kind === "points" || row.kind === "pass_visits" ? f.count(row.amount) : f.money(row.amount);
  const low = alerts.low_stock.slice(0, NAMED);
  return [
    ...alerts.open_shifts.map((row): [string, ReactNode] => [
      row.shift,
      <Link key={row.shift} to="/sales/shifts/$id" params={{ id: row.shift }} search={{ store: row.store } as never}>
        {t("today.openShift", {
          store: store(row.store),
          till: tills.find((till) => till.id === row.till)?.name ?? "",
          when: f.moment(row.opened_at),
        })}
      </Link>,
    ]),
    ...alerts.cards.map((row): [string, ReactNode] => [
      `${row.member} ${row.day}`,
      <Link key={`${row.member} ${row.day}`} to="/members/$id" params={{ id: row.member }}>
        {t("today.card", {
          number: row.number,
          day: f.day(row.day),
          why: f.list(
            row.signs.map((sign) =>
              t(`today.cardSigns.${sign}`, { n: f.count(row.orders), stores: f.list(row.stores.map(store)) }),
            ),
          ),
        })}
      </Link>,
    ]),
    ...(alerts.low_stock_count > 0
      ? [
          [
            "low",
            <>
              <Link to="/goods/stock" search={{ store: low[0]?.store, low: "2" } as never}>
                {t("today.lowStock", { n: f.count(alerts.low_stock_count) })}
              </Link>
              {": "}
              {f.list(
                low.map((row) =>
                  t("today.lowOne", { name: row.name, store: store(row.store), n: f.quantity(row.on_hand_milli) }),
                ),
              )}
            </>,
          ] as [string, ReactNode],
        ]
      : []),
    ...alerts.ending.map((row): [string, ReactNode] => [
      row.kind,
      <Link key={row.kind} to="/sales/reports" search={{ tab: "liability" } as never}>
        {t("today.ending", { kind: label("account", row.kind), amount: amount(row), n: f.count(row.holders) })}
      </Link>,
    ]),
  ];
}
