import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat, useLabel, useToday } from "../../parts/format";
import { type Column, List, Table } from "../../parts/List";
import { Loaded } from "../../parts/Parts";
import { useUrl } from "../../parts/url";

type Entry = Schema<"Entry">;
const KINDS = ["points", "principal", "bonus"] as const;

/** What a member had on a date and why, and every entry of the accounts. */
export function Ledger({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const columns = useEntryColumns();
  return (
    <div className="stack">
      <OnDay id={id} />
      <List<Entry>
        inner
        id="member-statement"
        title={t("member.tab.ledger")}
        rowKey={(row) => `${row.source_id}${row.source_kind}${row.source_line}${row.account}${row.at}`}
        depends={[id]}
        filters={[
          {
            key: "kind",
            label: t("member.entry.account"),
            options: KINDS.map((one) => ({ value: one, label: label("account", one) })),
          },
        ]}
        columns={columns}
        load={async (search, cursor, limit) =>
          (
            await api.GET("/api/v1/members/{id}/statement", {
              params: { path: { id }, query: { kind: search.kind as (typeof KINDS)[number], cursor, limit } },
            })
          ).data
        }
        empty={{ text: t("ui:state.empty") }}
      />
    </div>
  );
}

function useEntryColumns(): Column<Entry>[] {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const amount = (row: Entry) =>
    row.account === "principal" || row.account === "bonus" || row.account === "pass_value"
      ? f.money(row.amount, true)
      : `${row.amount > 0 ? "+" : ""}${f.count(row.amount)}`;
  return [
    { key: "at", title: t("form.when"), render: (row) => f.moment(row.at) },
    { key: "account", title: t("member.entry.account"), render: (row) => label("account", row.account) },
    { key: "amount", title: t("member.entry.amount"), number: true, render: amount },
    { key: "why", title: t("member.entry.why"), render: (row) => label("why", row.why) },
    { key: "other", title: t("member.entry.source"), render: (row) => <Source entry={row} /> },
  ];
}

function Source({ entry }: { entry: Entry }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  if (entry.source_kind === "sale")
    return (
      <Link to="/sales/orders/$id" params={{ id: entry.source_id }}>
        {t("sales.order.one")}
      </Link>
    );
  return <>{label("account", entry.other)}</>;
}

function OnDay({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const today = useToday();
  const columns = useEntryColumns();
  const [search, setUrl] = useUrl();
  const date = search.on ?? today;
  const view = useQuery({
    queryKey: ["member", id, "at", date],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/balances/at", { params: { path: { id }, query: { date } } }))
        .data as Schema<"DayView">,
  });
  const written = (account: string, value: number) => (account.startsWith("point") ? f.count(value) : f.money(value));
  return (
    <section className="form-section" aria-label={t("member.at.title")}>
      <h2>{t("member.at.title")}</h2>
      <div className="filter">
        <label htmlFor="on">{t("member.at.date")}</label>
        <input
          id="on"
          type="date"
          value={date}
          max={today}
          onChange={(event) => event.target.value && setUrl({ on: event.target.value })}
        />
        <small>{view.data && t("member.at.zone", { zone: view.data.zone })}</small>
      </div>
      <Loaded query={view}>
        {(data) => (
          <>
            <Table<Schema<"DayBalance">>
              label={t("member.at.title")}
              rows={data.balances}
              rowKey={(row) => row.account}
              columns={[
                { key: "account", title: t("member.entry.account"), render: (row) => label("account", row.account) },
                {
                  key: "start",
                  title: t("member.at.start"),
                  number: true,
                  render: (row) => written(row.account, row.start),
                },
                {
                  key: "change",
                  title: t("member.at.change"),
                  number: true,
                  render: (row) => written(row.account, row.end - row.start),
                },
                { key: "end", title: t("member.at.end"), number: true, render: (row) => written(row.account, row.end) },
              ]}
            />
            {data.entries.length === 0 ? (
              <p>{t("member.at.none")}</p>
            ) : (
              <Table<Entry>
                label={t("member.tab.ledger")}
                rows={data.entries}
                rowKey={(row) => `${row.source_id}${row.source_line}${row.account}`}
                columns={columns}
              />
            )}
            {data.more && <p className="help">{t("member.at.more")}</p>}
          </>
        )}
      </Loaded>
    </section>
  );
}
