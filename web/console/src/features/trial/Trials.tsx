import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Progress } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel, usePeriod } from "../../parts/format";
import { Empty, Table } from "../../parts/List";
import { Facts, Loaded, useRefresh } from "../../parts/Parts";
import { useTierName } from "../../parts/refs";

/** Rules tried on past orders: how far, what they would have cost, who wins and who loses. */
export function Trials() {
  const { t } = useTranslation(["app", "ui"]);
  const may = useMay("loyalty:configure");
  const [open, setOpen] = useState(false);
  const trials = useQuery({
    queryKey: ["trials"],
    refetchInterval: (query) =>
      query.state.data?.some((one) => one.state === "waiting" || one.state === "running") ? 1_500 : false,
    queryFn: async () => (await api.GET("/api/v1/trials", { params: { query: { limit: 20 } } })).data?.items ?? [],
  });
  return (
    <div className="stack">
      <header className="page-head">
        <h1>{t("page.trials")}</h1>
        {may && (
          <Button type="primary" onClick={() => setOpen(true)}>
            {t("benefits.trial.add")}
          </Button>
        )}
      </header>
      <Loaded query={trials}>
        {(rows) =>
          rows.length === 0 ? (
            <section className="list" aria-label={t("page.trials")}>
              <Empty text={t("benefits.trial.empty")} />
            </section>
          ) : (
            rows.map((trial) => <TrialPart key={trial.id} trial={trial} />)
          )
        }
      </Loaded>
      {open && <NewTrial onClose={() => setOpen(false)} />}
    </div>
  );
}

function TrialPart({ trial }: { trial: Schema<"Trial"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refresh = useRefresh();
  const tierName = useTierName();
  const open = trial.state === "waiting" || trial.state === "running";
  const { result } = trial;
  return (
    <section className="form-section" aria-label={trial.name}>
      <div className="page-head">
        <h2>
          {trial.name} · {label("trialState", trial.state)}
        </h2>
        <span>
          {f.day(trial.from)} – {f.day(trial.to)}
        </span>
        {open && (
          <Act
            small
            danger
            label={t("benefits.trial.cancel")}
            act={() => api.DELETE("/api/v1/trials/{id}", { params: { path: { id: trial.id } } })}
            done={() => refresh("trials")}
          />
        )}
      </div>
      {open && (
        <>
          <Progress
            percent={trial.orders_total ? Math.floor((trial.orders_done * 100) / trial.orders_total) : 0}
            aria-label={t("benefits.trial.progress")}
          />
          <p role="status">{t("benefits.trial.orders", { done: trial.orders_done, total: trial.orders_total })}</p>
        </>
      )}
      {result && (
        <>
          <Facts
            items={[
              [t("benefits.trial.cost"), f.money(result.cost)],
              [
                t("benefits.trial.result"),
                t("benefits.trial.changed", { changed: result.orders_changed, n: result.orders }),
              ],
              [
                t("today.received"),
                t("benefits.trial.money", { before: f.money(result.money_before), after: f.money(result.money_after) }),
              ],
              [
                t("member.points"),
                t("benefits.trial.points", {
                  before: f.count(result.points_before),
                  after: f.count(result.points_after),
                }),
              ],
              [t("page.members"), t("benefits.trial.winnersAll", { n: result.winners, m: result.losers })],
            ]}
          />
          <div className="two">
            <Members title={t("benefits.trial.winners")} rows={result.winners_most} />
            <Members title={t("benefits.trial.losers")} rows={result.losers_most} />
          </div>
          {result.tier_moves.length > 0 && (
            <ul aria-label={t("benefits.trial.moves")}>
              {result.tier_moves.map((move) => (
                <li key={`${move.from}${move.to}`}>
                  {t("ui:pair", {
                    name: `${tierName(move.from)} → ${tierName(move.to)}`,
                    says: f.count(move.members),
                  })}
                </li>
              ))}
            </ul>
          )}
          <p className="help">{t("benefits.trial.note")}</p>
        </>
      )}
    </section>
  );
}

function Members({ title, rows }: { title: string; rows: Schema<"TrialMember">[] }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  if (rows.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <Table<Schema<"TrialMember">>
        label={title}
        rows={rows}
        rowKey={(row) => row.member}
        columns={[
          {
            key: "member",
            title: t("sales.order.member"),
            render: (row) => (
              <Link to="/members/$id" params={{ id: row.member }}>
                {t("member.open")}
              </Link>
            ),
          },
          { key: "orders", title: t("today.orders"), number: true, render: (row) => f.count(row.orders) },
          { key: "saved", title: t("benefits.trial.saved"), number: true, render: (row) => f.money(row.saved) },
          { key: "points", title: t("member.points"), number: true, render: (row) => f.count(row.points) },
        ]}
      />
    </div>
  );
}

function NewTrial({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const { from, to } = usePeriod();
  return (
    <FormDrawer<{ name: string; from: string; to: string; rule: string }>
      id="trial-new"
      title={t("benefits.trial.add")}
      open
      onClose={onClose}
      initial={{ name: "", from, to, rule: "earn" }}
      sections={[
        {
          title: "",
          help: t("benefits.trial.empty"),
          fields: [
            { at: "name", kind: "text", required: true, label: t("benefits.trial.name") },
            { at: "from", kind: "date", required: true, label: t("benefits.from") },
            { at: "to", kind: "date", required: true, label: t("benefits.to") },
            {
              at: "rule",
              kind: "choice",
              required: true,
              label: t("benefits.trial.rule"),
              options: [
                { value: "earn", label: t("benefits.trial.earnNow") },
                { value: "tier", label: t("benefits.trial.tierNow") },
              ],
            },
          ],
        },
      ]}
      save={async (value, key) => {
        const rule: Schema<"TrialRule"> =
          value.rule === "earn"
            ? {
                kind: "earn",
                policy: (await api.GET("/api/v1/settings/earn")).data as Schema<"EarnPolicy">,
              }
            : {
                kind: "tier",
                scheme: (await api.GET("/api/v1/settings/tiers")).data as Schema<"TierScheme">,
              };
        await api.POST("/api/v1/trials", {
          params: { header: once(key) },
          body: { id: newId(), name: value.name, from: value.from, to: value.to, rule },
        });
      }}
      saved={() => refresh("trials")}
    />
  );
}
