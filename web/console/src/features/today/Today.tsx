import { api, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { shift, useFormat, useLabel, usePeriod } from "../../parts/format";
import { Empty, Table } from "../../parts/List";
import { Loaded } from "../../parts/Parts";
import { useUrl } from "../../parts/url";
import { by, figuresOf, net, ordersOf } from "./figures";

const Plot = lazy(() => import("../../parts/Plot"));

/** How it is going, and who needs me. */
export function Today() {
  const { t } = useTranslation(["app", "ui"]);
  const mayReport = useMay("report:read");
  return (
    <>
      <header className="page-head">
        <h1>{t("today.title")}</h1>
        <Button type="primary" href="/till/">
          {t("today.sellNow")}
        </Button>
      </header>
      {mayReport && <Figures />}
      {mayReport && <Plots />}
      <div className="two">
        <Needs />
        <Stages />
      </div>
    </>
  );
}

function useFigures(from: string, to: string) {
  const [{ store }] = useUrl();
  return useQuery({ queryKey: ["figures", from, to, store], queryFn: () => figuresOf(from, to, store) });
}

function useOrders(from: string, to: string) {
  const [{ store }] = useUrl();
  return useQuery({
    queryKey: ["today-orders", from, to, store],
    staleTime: 30_000,
    queryFn: () => ordersOf(from, to, store),
  });
}

function Figures() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const { from, to, days } = usePeriod();
  const before = [shift(from, -days), shift(from, -1)] as const;
  const figures = useFigures(from, to);
  const then = useFigures(...before);
  const orders = useOrders(from, to);
  return (
    <Loaded query={figures}>
      {(now) => (
        <div className="figures">
          <Figure
            name={t("today.sold")}
            help={t("today.soldHelp")}
            value={net(now.sold.filter((row) => !row.prepaid))}
            before={then.data && net(then.data.sold.filter((row) => !row.prepaid))}
          />
          <Figure
            name={t("today.received")}
            help={t("today.receivedHelp")}
            value={net(now.received)}
            before={then.data && net(then.data.received)}
          />
          <Figure
            name={t("today.consumed")}
            help={t("today.consumedHelp")}
            value={net(now.consumed)}
            before={then.data && net(then.data.consumed)}
          />
          {orders.data && (
            <>
              <div>
                <p>{t("today.orders")}</p>
                <Link to="/sales/orders">
                  <b>
                    {f.count(orders.data.orders)}
                    {orders.data.more && "+"}
                  </b>
                </Link>
                {orders.data.more && <small>{t("today.sampled", { n: orders.data.orders })}</small>}
              </div>
              <div>
                <p>{t("today.average")}</p>
                <b>{f.money(orders.data.orders ? Math.round(orders.data.total / orders.data.orders) : 0)}</b>
              </div>
              <div>
                <p>{t("today.identified")}</p>
                <b>
                  {f.rate(orders.data.orders ? Math.round((orders.data.members * 10_000) / orders.data.orders) : 0)}
                </b>
              </div>
            </>
          )}
        </div>
      )}
    </Loaded>
  );
}

function Figure({
  name,
  help,
  value,
  before,
}: {
  name: string;
  help: string;
  value: number;
  before?: number | undefined;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const { days } = usePeriod();
  const change = before ? Math.round(((value - before) * 10_000) / Math.abs(before)) : undefined;
  return (
    <div title={help}>
      <p>{name}</p>
      <Link to="/sales/reports">
        <b>{f.money(value)}</b>
      </Link>
      {before !== undefined && (
        <small className={change === undefined || change === 0 ? undefined : change > 0 ? "up" : "down"}>
          {change === undefined
            ? t("today.fresh")
            : change === 0
              ? t("today.same")
              : `${change > 0 ? "▲" : "▼"} ${f.rate(Math.abs(change))}`}{" "}
          {t("today.compare", { days })}
        </small>
      )}
    </div>
  );
}

function Plots() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const { from, to } = usePeriod();
  const { data } = useFigures(from, to);
  if (!data) return null;
  if (data.sold.length === 0 && data.received.length === 0)
    return (
      <section className="plot">
        <Empty text={t("today.empty")} />
      </section>
    );
  const days = by(
    data.sold.filter((row) => !row.prepaid),
    (row) => row.date,
  );
  const tenders = by(data.received, (row) => row.tender).sort((a, b) => b[1] - a[1]);
  const scale = 10 ** f.currency.decimals;
  return (
    <div className="two">
      <section className="plot" aria-label={t("today.byDay")}>
        <h2>{t("today.byDay")}</h2>
        <Suspense fallback={<div className="plot-canvas" aria-busy />}>
          <Plot
            label={t("today.byDay")}
            kind="line"
            names={days.map(([date]) => date.slice(5))}
            values={days.map(([, amount]) => amount / scale)}
          />
        </Suspense>
        <Days rows={days} />
      </section>
      <section className="plot" aria-label={t("today.tenders")}>
        <h2>{t("today.tenders")}</h2>
        <Suspense fallback={<div className="plot-canvas" aria-busy />}>
          <Plot
            label={t("today.tenders")}
            kind="bar"
            names={tenders.map(([account]) => label("account", account))}
            values={tenders.map(([, amount]) => amount / scale)}
          />
        </Suspense>
      </section>
    </div>
  );
}

/** The same as a table, for who can't see the plot. */
function Days({ rows }: { rows: [string, number][] }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  return (
    <details>
      <summary>{t("today.inNumbers")}</summary>
      <Table<[string, number]>
        label={t("today.byDay")}
        rows={rows}
        rowKey={(row) => row[0]}
        columns={[
          { key: "day", title: t("today.day"), render: (row) => f.day(row[0]) },
          { key: "sold", title: t("today.sold"), number: true, render: (row) => f.money(row[1]) },
        ]}
      />
    </details>
  );
}

function Needs() {
  const { t } = useTranslation(["app", "ui"]);
  const [{ store }] = useUrl();
  const mayAsk = useMay("approval:ask");
  const approvals = useQuery({
    queryKey: ["approvals", "waiting"],
    enabled: mayAsk,
    queryFn: async () =>
      (await api.GET("/api/v1/approvals", { params: { query: { state: "waiting", limit: 50 } } })).data?.items ?? [],
  });
  const shifts = useQuery({
    queryKey: ["shifts", "open", store],
    enabled: Boolean(store),
    queryFn: async () =>
      (await api.GET("/api/v1/shifts", { params: { query: { store: store ?? "", state: "open", limit: 50 } } })).data
        ?.items ?? [],
  });
  const stock = useQuery({
    queryKey: ["stock", "low", store],
    enabled: Boolean(store),
    queryFn: async () =>
      (await api.GET("/api/v1/stock", { params: { query: { store: store ?? "", at_most_milli: 2000, limit: 100 } } }))
        .data?.items ?? [],
  });
  const waiting = approvals.data?.length ?? 0;
  const open = shifts.data?.length ?? 0;
  const low = stock.data?.length ?? 0;
  return (
    <section className="form-section" aria-label={t("today.needs")}>
      <h2>{t("today.needs")}</h2>
      <ul>
        {waiting > 0 && (
          <li>
            <Link to="/sales/approvals" search={{ state: "waiting" } as never}>
              {t("today.approvals", { n: waiting })}
            </Link>
          </li>
        )}
        {open > 0 && (
          <li>
            <Link to="/sales/shifts" search={{ state: "open" } as never}>
              {t("today.openShifts", { n: open })}
            </Link>
          </li>
        )}
        {low > 0 && (
          <li>
            <Link to="/goods/stock" search={{ low: "2" } as never}>
              {t("today.lowStock", { n: low })}
            </Link>
          </li>
        )}
      </ul>
      {waiting + open + low === 0 && <p className="help">{t("today.needsNothing")}</p>}
    </section>
  );
}

function Stages() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const may = useMay("member:read");
  const stages = useQuery({
    queryKey: ["stages"],
    enabled: may,
    queryFn: async () => (await api.GET("/api/v1/stages")).data ?? [],
  });
  if (!may) return null;
  return (
    <section className="form-section" aria-label={t("today.stages")}>
      <h2>{t("today.stages")}</h2>
      <Loaded query={stages}>
        {(rows) => (
          <Table<Schema<"StageCount">>
            label={t("today.stages")}
            rows={rows}
            rowKey={(row) => row.stage}
            columns={[
              {
                key: "stage",
                title: t("member.stage"),
                render: (row) => (
                  <Link to="/members" search={{ stage: row.stage } as never}>
                    {label("stage", row.stage)}
                  </Link>
                ),
              },
              { key: "n", title: t("page.members"), number: true, render: (row) => f.count(row.members) },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}
