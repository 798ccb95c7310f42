import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useLabel, usePeriod } from "../../parts/format";
import { type Column, Empty, Table } from "../../parts/List";
import { useUrl } from "../../parts/url";
import { highest, type Overall } from "./figures";

const Plot = lazy(() => import("../../parts/Plot"));

/** Three questions, each with its plot and the same in numbers. */
export function Plots({ data }: { data: Overall }) {
  const { t } = useTranslation(["app", "ui"]);
  const { figures } = data;
  if (figures.orders === 0 && figures.sold === 0 && figures.received === 0)
    return (
      <section className="plot below">
        <Empty text={t("today.empty")} />
      </section>
    );
  return (
    <>
      {data.days.length > 1 && <Days days={data.days} />}
      <div className="two">
        <Hours hours={data.hours} />
        <Tenders />
      </div>
    </>
  );
}

function Days({ days }: { days: Schema<"DayFigures">[] }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const scale = 10 ** f.currency.decimals;
  const top = highest(
    days.map((row) => f.day(row.date)),
    days.map((row) => row.sold),
  );
  const series = (["sold", "received", "consumed"] as const).map((key) => ({
    name: t(`today.${key}`),
    values: days.map((row) => row[key] / scale),
  }));
  return (
    <Frame title={t("today.byDay")} top={top && t("today.busiest", { name: top.name, value: f.money(top.value) })} wide>
      {(label) => (
        <Plot
          label={label}
          kind="line"
          names={days.map((row) => row.date.slice(5))}
          series={series}
          write={(value) => f.money(Math.round(value * scale))}
        />
      )}
      <Numbers<Schema<"DayFigures">>
        label={t("today.byDay")}
        rows={days}
        rowKey={(row) => row.date}
        columns={[
          { key: "day", title: t("today.day"), render: (row) => f.day(row.date) },
          { key: "sold", title: t("today.sold"), number: true, render: (row) => f.money(row.sold) },
          { key: "received", title: t("today.received"), number: true, render: (row) => f.money(row.received) },
          { key: "consumed", title: t("today.consumed"), number: true, render: (row) => f.money(row.consumed) },
          { key: "orders", title: t("today.orders"), number: true, render: (row) => f.count(row.orders) },
          { key: "new", title: t("today.newMembers"), number: true, render: (row) => f.count(row.new_members) },
        ]}
      />
    </Frame>
  );
}

function Hours({ hours }: { hours: Schema<"HourFigures">[] }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const first = hours[0]?.hour ?? 0;
  const last = hours.at(-1)?.hour ?? 0;
  const all = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const orders = all.map((hour) => hours.find((row) => row.hour === hour)?.orders ?? 0);
  const names = all.map((hour) => t("today.hourOf", { n: hour }));
  const top = highest(names, orders);
  return (
    <Frame
      title={t("today.byHour")}
      top={top && t("today.busiest", { name: top.name, value: t("today.ordersOf", { n: f.count(top.value) }) })}
    >
      {(label) => (
        <Plot
          label={label}
          kind="bar"
          names={names}
          series={[{ name: t("today.orders"), values: orders }]}
          write={f.count}
        />
      )}
      <Numbers<Schema<"HourFigures">>
        label={t("today.byHour")}
        rows={hours}
        rowKey={(row) => String(row.hour)}
        columns={[
          { key: "hour", title: t("today.hour"), render: (row) => t("today.hourOf", { n: row.hour }) },
          { key: "orders", title: t("today.orders"), number: true, render: (row) => f.count(row.orders) },
          { key: "amount", title: t("today.sold"), number: true, render: (row) => f.money(row.amount) },
        ]}
      />
    </Frame>
  );
}

interface Tender {
  tender: string;
  net: number;
}

function Tenders() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const [{ store }] = useUrl();
  const { from, to } = usePeriod();
  const scale = 10 ** f.currency.decimals;
  const found = useQuery({
    queryKey: ["figures", "tenders", from, to, store],
    placeholderData: (old: Tender[] | undefined) => old,
    queryFn: async () => {
      const { data } = await api.GET("/api/v1/reports/received", {
        params: { query: { from, to, store, by: "period" } },
      });
      const sums = new Map<string, number>();
      for (const row of (data as Schema<"Report_ReceivedRow">).items)
        sums.set(row.tender, (sums.get(row.tender) ?? 0) + row.net);
      return [...sums].map(([tender, net]) => ({ tender, net })).sort((a, b) => b.net - a.net);
    },
  });
  const rows = found.data ?? [];
  const names = rows.map((row) => label("account", row.tender));
  const top = highest(
    names,
    rows.map((row) => row.net),
  );
  return (
    <Frame title={t("today.tenders")} top={top && t("today.busiest", { name: top.name, value: f.money(top.value) })}>
      {(text) => (
        <Plot
          label={text}
          kind="bar"
          names={names}
          series={[{ name: t("today.received"), values: rows.map((row) => row.net / scale) }]}
          write={(value) => f.money(Math.round(value * scale))}
        />
      )}
      <Numbers<Tender>
        label={t("today.tenders")}
        rows={rows}
        rowKey={(row) => row.tender}
        columns={[
          { key: "tender", title: t("today.tenders"), render: (row) => label("account", row.tender) },
          { key: "net", title: t("today.received"), number: true, render: (row) => f.money(row.net) },
        ]}
      />
    </Frame>
  );
}

/** A plot with its question, its answer in one line, and its numbers. */
function Frame({
  title,
  top,
  wide,
  children: [plot, numbers],
}: {
  title: string;
  top?: string | undefined;
  wide?: boolean;
  children: [(label: string) => ReactNode, ReactNode];
}) {
  return (
    <section className={wide ? "plot below" : "plot"} aria-label={title}>
      <h2>{title}</h2>
      {top && <p className="help">{top}</p>}
      <Suspense fallback={<div className="plot-canvas" aria-busy />}>{plot(top ? `${title} ${top}` : title)}</Suspense>
      {numbers}
    </section>
  );
}

/** The same as a table, for who can't see the plot. */
function Numbers<Row>(props: { label: string; rows: Row[]; rowKey: (row: Row) => string; columns: Column<Row>[] }) {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <details>
      <summary>{t("today.inNumbers")}</summary>
      <Table<Row> {...props} />
    </details>
  );
}
