import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ChooseStore } from "../../parts/ChooseStore";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { List, Table } from "../../parts/List";
import { Facts, Loaded, useRefresh } from "../../parts/Parts";
import { useStores, useTills } from "../../parts/refs";
import { useUrl } from "../../parts/url";

/** The shifts of a store, with their differences. */
export function Shifts() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const options = useOptions();
  const tills = useTills();
  const store = useOneStore();
  if (!store) return <ChooseStore title={t("page.shifts")} />;
  const till = (id: string) => tills.find((one) => one.id === id)?.name ?? "–";
  return (
    <List<Schema<"Shift">>
      id="shifts"
      title={t("page.shifts")}
      rowKey={(row) => row.id}
      depends={[store]}
      filters={[{ key: "state", label: t("form.state"), options: options("shiftState") }]}
      columns={[
        {
          key: "till",
          title: t("sales.shift.till"),
          render: (row) => (
            <Link to="/sales/shifts/$id" params={{ id: row.id }}>
              {till(row.till)}
            </Link>
          ),
          text: (row) => till(row.till),
        },
        { key: "state", title: t("form.state"), render: (row) => label("shiftState", row.state) },
        { key: "opened", title: t("sales.shift.opened"), render: (row) => f.moment(row.opened_at) },
        { key: "closed", title: t("sales.shift.closed"), render: (row) => f.moment(row.closed_at) },
        { key: "opening", title: t("sales.shift.opening"), number: true, render: (row) => f.money(row.opening) },
        { key: "expected", title: t("sales.shift.expected"), number: true, render: (row) => f.money(row.expected) },
        { key: "counted", title: t("sales.shift.counted"), number: true, render: (row) => f.money(row.counted) },
        {
          key: "difference",
          title: t("sales.shift.difference"),
          number: true,
          render: (row) =>
            row.counted != null && row.expected != null ? f.money(row.counted - row.expected, true) : "–",
        },
      ]}
      load={async (search, cursor, limit) =>
        (
          await api.GET("/api/v1/shifts", {
            params: { query: { store, state: search.state as Schema<"ShiftState">, cursor, limit } },
          })
        ).data
      }
      empty={{ text: t("sales.shift.empty") }}
    />
  );
}

/** The store at the top, or the only one there is. */
export function useOneStore(): string | undefined {
  const [{ store }] = useUrl();
  const stores = useStores();
  return store ?? (stores.length === 1 ? stores[0]?.id : undefined);
}

/** What one shift has taken, by tender, and its cash. */
export function ShiftPage({ id }: { id: string }) {
  const report = useQuery({
    queryKey: ["shift", id],
    queryFn: async () =>
      (await api.GET("/api/v1/shifts/{id}", { params: { path: { id } } })).data as Schema<"ShiftReport">,
  });
  return <Loaded query={report}>{(data) => <Report report={data} />}</Loaded>;
}

function Report({ report }: { report: Schema<"ShiftReport"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refresh = useRefresh();
  const may = useMay("shift:manage");
  const tills = useTills();
  const [open, setOpen] = useState<"close" | "cash">();
  const { shift } = report;
  const at = (key: string) => ({ path: { id: shift.id }, header: once(key) });
  return (
    <div className="stack">
      <header className="page-head">
        <h1>
          {t("sales.shift.report")} {tills.find((one) => one.id === shift.till)?.name}
        </h1>
        {may && shift.state === "open" && (
          <span className="page-actions">
            <Button onClick={() => setOpen("cash")}>{t("sales.shift.moves")}</Button>
            <Button type="primary" onClick={() => setOpen("close")}>
              {t("sales.shift.close")}
            </Button>
          </span>
        )}
      </header>
      <section className="form-section" aria-label={t("sales.shift.report")}>
        <Facts
          items={[
            [t("form.state"), label("shiftState", shift.state)],
            [t("sales.shift.opened"), f.moment(shift.opened_at)],
            [t("sales.shift.closed"), f.moment(shift.closed_at)],
            [t("sales.shift.opening"), f.money(shift.opening)],
            [t("sales.shift.expected"), f.money(report.expected)],
            [t("sales.shift.counted"), f.money(shift.counted)],
            [t("sales.shift.difference"), report.difference == null ? "–" : f.money(report.difference, true)],
            [t("sales.shift.deposit"), f.money(shift.deposit)],
          ]}
        />
        <p>{t("sales.shift.numbers", { sales: report.sales, refunds: report.refunds, topUps: report.top_ups })}</p>
        <Table<Schema<"TenderRow">>
          label={t("sales.shift.report")}
          rows={report.tenders}
          rowKey={(row) => row.tender}
          columns={[
            { key: "tender", title: t("sales.shift.tender"), render: (row) => label("account", row.tender) },
            { key: "sales", title: t("sales.shift.sales"), number: true, render: (row) => f.money(row.sales) },
            { key: "refunds", title: t("sales.shift.refunds"), number: true, render: (row) => f.money(row.refunds) },
            { key: "topUps", title: t("sales.shift.topUps"), number: true, render: (row) => f.money(row.top_ups) },
            { key: "moved", title: t("sales.shift.moved"), number: true, render: (row) => f.money(row.moved) },
            { key: "other", title: t("sales.shift.other"), number: true, render: (row) => f.money(row.other) },
            { key: "net", title: t("sales.shift.net"), number: true, render: (row) => f.money(row.net) },
          ]}
        />
        <ol className="timeline">
          {report.moves.map((move) => (
            <li key={move.id}>
              <time>{f.moment(move.at)}</time>{" "}
              {move.direction === "in" ? t("sales.shift.cashIn") : t("sales.shift.cashOut")} {f.money(move.amount)}{" "}
              {move.reason}
            </li>
          ))}
        </ol>
      </section>
      <FormDrawer<Schema<"CloseAsk">>
        id={`close-${shift.id}`}
        title={t("sales.shift.close")}
        open={open === "close"}
        onClose={() => setOpen(undefined)}
        initial={{ counted: null, deposit: 0 }}
        sections={[
          {
            title: "",
            fields: [
              { at: "counted", kind: "money", required: true, label: t("sales.shift.counted") },
              { at: "deposit", kind: "money", label: t("sales.shift.deposit") },
            ],
          },
        ]}
        save={(body, key) => api.POST("/api/v1/shifts/{id}/close", { params: at(key), body })}
        saved={() => refresh("shift", "shifts")}
      />
      <FormDrawer<Schema<"MoveAsk">>
        id={`cash-${shift.id}`}
        title={t("sales.shift.moves")}
        open={open === "cash"}
        onClose={() => setOpen(undefined)}
        initial={{ id: newId(), direction: "in", amount: null as unknown as number, reason: "" }}
        sections={[
          {
            title: "",
            fields: [
              {
                at: "direction",
                kind: "choice",
                required: true,
                label: t("sales.shift.moved"),
                options: [
                  { value: "in", label: t("sales.shift.cashIn") },
                  { value: "out", label: t("sales.shift.cashOut") },
                ],
              },
              { at: "amount", kind: "money", required: true, label: t("form.amount") },
              { at: "reason", kind: "text", required: true, label: t("form.reason") },
            ],
          },
        ]}
        save={(body, key) => api.POST("/api/v1/shifts/{id}/cash", { params: at(key), body: { ...body, id: key } })}
        saved={() => refresh("shift", "shifts")}
      />
    </div>
  );
}
