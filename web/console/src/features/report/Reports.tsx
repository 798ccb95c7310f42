import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { download } from "../../parts/csv";
import { useFormat, useLabel, usePeriod, useToday } from "../../parts/format";
import { type Column, Empty, Table } from "../../parts/List";
import { Loaded, TabPage } from "../../parts/Parts";
import { useStoreName } from "../../parts/refs";
import { useUrl } from "../../parts/url";

type Name = "sold" | "received" | "consumed" | "prepaid" | "liability";

/** The owner's reports of the store and period at the top. */
export function Reports() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.reports")}
      tabs={(["sold", "received", "consumed", "prepaid", "liability"] as const).map((name) => ({
        key: name,
        label: t(`sales.report.${name}`),
        render: () => <Report name={name} />,
      }))}
    />
  );
}

type Row = Record<string, string | number | boolean | null | undefined>;

function Report({ name }: { name: Name }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const today = useToday();
  const [{ store }] = useUrl();
  const { from, to } = usePeriod();
  const columns = useColumns(name);
  const on = [to, today].sort()[0] ?? today;
  const read = async (format: "json" | "csv") => {
    const parseAs = format === "csv" ? "text" : "json";
    if (name === "liability")
      return (await api.GET("/api/v1/reports/liability", { params: { query: { on, store, format } }, parseAs })).data;
    if (name === "prepaid")
      return (await api.GET("/api/v1/reports/prepaid", { params: { query: { from, to, format } }, parseAs })).data;
    const asked = { params: { query: { from, to, store, by: "day" as const, format } }, parseAs } as const;
    if (name === "sold") return (await api.GET("/api/v1/reports/sold", asked)).data;
    if (name === "received") return (await api.GET("/api/v1/reports/received", asked)).data;
    return (await api.GET("/api/v1/reports/consumed", asked)).data;
  };
  const report = useQuery({
    queryKey: ["report", name, from, to, store],
    queryFn: async () => {
      const found = (await read("json")) as { items: Row[]; totals?: Row[] };
      return [...(found.items ?? []), ...(found.totals ?? []).map((row) => ({ ...row, total_row: true }))];
    },
  });
  return (
    <section className="list" aria-label={t(`sales.report.${name}`)}>
      <div className="page-head">
        <h2>
          {t(`sales.report.${name}`)}{" "}
          <small>
            {name === "liability" ? `${t("sales.report.on")} ${f.day(on)}` : `${f.day(from)} – ${f.day(to)}`}
          </small>
        </h2>
        <Act
          label={t("sales.report.download")}
          act={async () => download(`${name}-${from}-${to}.csv`, `\uFEFF${String(await read("csv"))}`)}
        />
      </div>
      <Loaded query={report}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty text={t("sales.report.none")} />
          ) : (
            <Table<Row>
              label={t(`sales.report.${name}`)}
              rows={rows}
              rowKey={(row) => JSON.stringify(row)}
              columns={columns}
            />
          )
        }
      </Loaded>
    </section>
  );
}

function useColumns(name: Name): Column<Row>[] {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const storeName = useStoreName();
  const money = (key: string, title: string): Column<Row> => ({
    key,
    title,
    number: true,
    render: (row) => f.money(row[key] as number),
  });
  const date: Column<Row> = { key: "date", title: t("today.day"), render: (row) => f.day(row.date as string) };
  const store: Column<Row> = {
    key: "store",
    title: t("shell.store"),
    render: (row) => (row.total_row ? t("sales.report.total") : storeName(row.store as string)),
  };
  const soldKind: Column<Row> = {
    key: "kind",
    title: t("sales.report.kind"),
    render: (row) => label("soldKind", row.kind as Schema<"SoldKind">),
  };
  const account: Column<Row> = {
    key: "kind",
    title: t("sales.report.kind"),
    render: (row) => label("account", row.kind as Schema<"AccountKind">),
  };
  const net = money("net", t("sales.report.net"));
  switch (name) {
    case "sold":
      return [
        date,
        store,
        soldKind,
        money("sold", t("sales.report.sold")),
        money("taken_back", t("sales.report.takenBack")),
        net,
      ];
    case "received":
      return [
        date,
        store,
        { key: "tender", title: t("sales.shift.tender"), render: (row) => label("account", row.tender as string) },
        soldKind,
        money("received", t("sales.report.received")),
        money("given_back", t("sales.report.givenBack")),
        net,
      ];
    case "consumed":
      return [
        date,
        store,
        account,
        money("used", t("sales.report.used")),
        money("given_back", t("sales.report.givenBack")),
        money("converted", t("sales.report.converted")),
        net,
      ];
    case "prepaid":
      return [
        account,
        money("opening", t("sales.report.opening")),
        money("sold", t("sales.report.soldPrepaid")),
        money("given", t("sales.report.given")),
        money("consumed", t("sales.report.consumed")),
        money("converted", t("sales.report.converted")),
        money("expired", t("sales.report.expired")),
        money("kept", t("sales.report.kept")),
        money("closing", t("sales.report.closing")),
      ];
    case "liability":
      return [
        store,
        account,
        money("days_30", t("sales.report.within30")),
        money("days_90", t("sales.report.within90")),
        money("days_180", t("sales.report.within180")),
        money("days_365", t("sales.report.within365")),
        money("older", t("sales.report.older")),
        money("total", t("sales.report.total")),
      ];
  }
}
