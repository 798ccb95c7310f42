import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Drawer, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel, useOptions, useToday } from "../../parts/format";
import { Empty, List, Table } from "../../parts/List";
import { Loaded, useRefresh } from "../../parts/Parts";
import { useStoreName } from "../../parts/refs";
import { SettingForm } from "../../parts/Section";
import { useUrl } from "../../parts/url";

type Row = Schema<"Settlement">;

/** What stores owe each other for prepaid value that one took and another served for. */
export function Settlements() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const options = useOptions();
  const refresh = useRefresh();
  const storeName = useStoreName();
  const [{ store }] = useUrl();
  const may = useMay("settlement:write");
  const [paid, setPaid] = useState<Row>();
  const [shown, setShown] = useState<Row>();
  const done = () => refresh("settlements", "settlements-due");
  return (
    <div className="stack">
      <List<Row>
        id="settlements"
        title={t("page.settlements")}
        rowKey={(row) => row.id}
        depends={[store]}
        filters={[{ key: "state", label: t("form.state"), options: options("settlementState") }]}
        columns={[
          { key: "from", title: t("shell.from"), render: (row) => f.day(row.from) },
          { key: "to", title: t("shell.to"), render: (row) => f.day(row.to) },
          { key: "payer", title: t("sales.settlement.payer"), render: (row) => storeName(row.payer) },
          { key: "payee", title: t("sales.settlement.payee"), render: (row) => storeName(row.payee) },
          { key: "amount", title: t("form.amount"), number: true, render: (row) => f.money(row.amount) },
          { key: "state", title: t("form.state"), render: (row) => label("settlementState", row.state) },
          { key: "reference", title: t("sales.settlement.reference"), render: (row) => row.reference || "–" },
          {
            key: "actions",
            title: t("form.actions"),
            render: (row) => (
              <span className="page-actions">
                <Button size="small" onClick={() => setShown(row)}>
                  {t("sales.settlement.entries")}
                </Button>
                {may &&
                  row.sides
                    .filter((side) => side.confirmed_at == null)
                    .map((side) => (
                      <Act
                        key={side.store}
                        small
                        label={t("sales.settlement.confirm", { store: storeName(side.store) })}
                        ask={t("sales.settlement.confirmAsk")}
                        act={(key) =>
                          api.POST("/api/v1/settlements/{id}/confirm", {
                            params: { path: { id: row.id }, header: once(key) },
                            body: { store: side.store },
                          })
                        }
                        done={done}
                      />
                    ))}
                {may && row.state === "confirmed" && (
                  <Button size="small" onClick={() => setPaid(row)}>
                    {t("sales.settlement.pay")}
                  </Button>
                )}
              </span>
            ),
          },
        ]}
        load={async (search, cursor, limit) =>
          (
            await api.GET("/api/v1/settlements", {
              params: { query: { store, state: search.state as Schema<"SettlementState">, cursor, limit } },
            })
          ).data
        }
        actions={may && <Make done={done} />}
        empty={{ text: t("sales.settlement.empty") }}
      />
      <Due />
      <SettingForm<Schema<"SettlementPolicy">>
        name="settlement"
        read={() => api.GET("/api/v1/settings/settlement")}
        write={(body) => api.PUT("/api/v1/settings/settlement", { body })}
        sections={[{ title: "", fields: [{ at: "bonus", kind: "switch", label: t("sales.settlement.policy") }] }]}
      />
      {shown && <Entries settlement={shown} onClose={() => setShown(undefined)} />}
      {paid && (
        <FormDrawer<{ reference: string }>
          id={`pay-${paid.id}`}
          title={t("sales.settlement.pay")}
          open
          onClose={() => setPaid(undefined)}
          initial={{ reference: "" }}
          sections={[
            { title: "", fields: [{ at: "reference", kind: "text", label: t("sales.settlement.reference") }] },
          ]}
          save={(body, key) =>
            api.POST("/api/v1/settlements/{id}/pay", { params: { path: { id: paid.id }, header: once(key) }, body })
          }
          saved={done}
        />
      )}
    </div>
  );
}

type Entry = Schema<"Page_SettlementEntry">["items"][number];

/** What a settlement consists of: each use of prepaid value at another store, oldest first. */
function Entries({ settlement, onClose }: { settlement: Row; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const storeName = useStoreName();
  const { id } = settlement;
  const entries = useInfiniteQuery({
    queryKey: ["settlements", id, "entries"],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Schema<"Page_SettlementEntry">) => page.next ?? undefined,
    queryFn: async ({ pageParam }) =>
      (
        await api.GET("/api/v1/settlements/{id}/entries", {
          params: { path: { id }, query: { cursor: pageParam, limit: 100 } },
        })
      ).data as Schema<"Page_SettlementEntry">,
  });
  const rows = entries.data?.pages.flatMap((page) => page.items) ?? [];
  const title = `${storeName(settlement.payer)} → ${storeName(settlement.payee)}`;
  return (
    <Drawer open onClose={onClose} title={`${t("sales.settlement.entries")} · ${title}`} size={760}>
      <ProblemNotice error={entries.error} onRetry={() => void entries.refetch()} />
      {entries.isPending && <Skeleton active aria-busy />}
      {entries.data && (
        <Table<Entry>
          label={t("sales.settlement.entries")}
          rows={rows}
          rowKey={(row) => `${row.source}${row.line}${row.lot}${row.kind}`}
          columns={[
            { key: "on", title: t("today.day"), render: (row) => f.day(row.on) },
            { key: "kind", title: t("sales.report.kind"), render: (row) => label("account", row.kind) },
            { key: "debtor", title: t("sales.settlement.debtor"), render: (row) => storeName(row.debtor) },
            { key: "creditor", title: t("sales.settlement.creditor"), render: (row) => storeName(row.creditor) },
            {
              key: "why",
              title: t("member.entry.source"),
              render: (row) =>
                row.source_kind === "sale" ? (
                  <Link to="/sales/orders/$id" params={{ id: row.source }}>
                    {t("sales.order.one")}
                  </Link>
                ) : (
                  label("source", row.source_kind)
                ),
            },
            { key: "amount", title: t("form.amount"), number: true, render: (row) => f.money(row.amount, true) },
            {
              key: "settled",
              title: t("sales.settlement.settled"),
              number: true,
              render: (row) => f.money(row.settled, true),
            },
          ]}
        />
      )}
      {entries.hasNextPage && (
        <Button loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
          {t("list.more")}
        </Button>
      )}
    </Drawer>
  );
}

function Make({ done }: { done: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const today = useToday();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t("sales.settlement.make")}
      </Button>
      <FormDrawer<Schema<"SettlementDraft">>
        id="settlement-new"
        title={t("sales.settlement.make")}
        open={open}
        onClose={() => setOpen(false)}
        initial={{ id: "", store: "", other_store: "", to: today }}
        sections={[
          {
            title: "",
            help: t("sales.settlement.dueHelp"),
            fields: [
              { at: "store", kind: "ref", of: "store", required: true, label: t("sales.settlement.first") },
              { at: "other_store", kind: "ref", of: "store", required: true, label: t("sales.settlement.other") },
              { at: "to", kind: "date", required: true, label: t("sales.settlement.to") },
            ],
          },
        ]}
        save={(value, key) =>
          api.POST("/api/v1/settlements", { params: { header: once(key) }, body: { ...value, id: newId() } })
        }
        saved={done}
      />
    </>
  );
}

function Due() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const storeName = useStoreName();
  const due = useQuery({
    queryKey: ["settlements-due"],
    queryFn: async () => (await api.GET("/api/v1/settlements/due")).data ?? [],
  });
  return (
    <section className="list" aria-label={t("sales.settlement.due")}>
      <h2>{t("sales.settlement.due")}</h2>
      <p className="help">{t("sales.settlement.dueHelp")}</p>
      <Loaded query={due}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty text={t("sales.settlement.none")} />
          ) : (
            <Table<Schema<"SettlementDue">>
              label={t("sales.settlement.due")}
              rows={rows}
              rowKey={(row) => `${row.debtor}${row.creditor}${row.kind}`}
              columns={[
                { key: "debtor", title: t("sales.settlement.debtor"), render: (row) => storeName(row.debtor) },
                { key: "creditor", title: t("sales.settlement.creditor"), render: (row) => storeName(row.creditor) },
                { key: "kind", title: t("sales.report.kind"), render: (row) => label("account", row.kind) },
                { key: "since", title: t("sales.settlement.since"), render: (row) => f.day(row.since) },
                { key: "used", title: t("sales.settlement.used"), number: true, render: (row) => f.money(row.used) },
                {
                  key: "back",
                  title: t("sales.settlement.back"),
                  number: true,
                  render: (row) => f.money(row.given_back),
                },
                {
                  key: "settled",
                  title: t("sales.settlement.settled"),
                  number: true,
                  render: (row) => f.money(row.settled),
                },
              ]}
            />
          )
        }
      </Loaded>
    </section>
  );
}
