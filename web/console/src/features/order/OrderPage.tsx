import { api, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useLabel } from "../../parts/format";
import { Table } from "../../parts/List";
import { Facts, Loaded } from "../../parts/Parts";
import { useStoreName } from "../../parts/refs";
import { ClaimButtons } from "./Claim";
import { ExchangeDrawer } from "./Exchange";
import { ReceiptButton } from "./Receipt";
import { RefundDrawer } from "./Refund";

/** One order: lines, payments, the reason of every price, what came back. */
export function OrderPage({ id }: { id: string }) {
  const order = useQuery({
    queryKey: ["order", id],
    queryFn: async () => (await api.GET("/api/v1/orders/{id}", { params: { path: { id } } })).data as Schema<"Order">,
  });
  return <Loaded query={order}>{(data) => <Page order={data} />}</Loaded>;
}

function Page({ order }: { order: Schema<"Order"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const storeName = useStoreName();
  const mayRefund = useMay("sale:refund");
  const maySell = useMay("sale:write");
  const [open, setOpen] = useState<"refund" | "exchange">();
  const left = order.lines.some((line) => line.refunded_milli < line.quantity_milli);
  return (
    <div className="stack">
      <header className="page-head">
        <h1>
          {t("sales.order.one")} {order.number}
        </h1>
        <span className="page-actions">
          <ReceiptButton document={order.id} kind="sale" />
          <ClaimButtons order={order} />
          {mayRefund && left && (
            <>
              {maySell && <Button onClick={() => setOpen("exchange")}>{t("running.exchange.do")}</Button>}
              <Button type="primary" onClick={() => setOpen("refund")}>
                {t("sales.order.refund")}
              </Button>
            </>
          )}
        </span>
      </header>
      <section className="form-section" aria-label={t("sales.order.one")}>
        <Facts
          items={[
            [t("form.when"), f.moment(order.at)],
            [t("shell.store"), storeName(order.store)],
            [
              t("sales.order.member"),
              order.member ? (
                <Link to="/members/$id" params={{ id: order.member }}>
                  {t("member.open")}
                </Link>
              ) : (
                t("sales.order.guest")
              ),
            ],
            [t("sales.order.gross"), f.money(order.gross)],
            [t("sales.order.total"), f.money(order.total)],
            [t("sales.order.refunded"), f.money(order.refunded)],
            [
              t("sales.order.payments"),
              order.payments.map((one) => `${label("tender", one.tender)} ${f.money(one.amount)}`).join("，"),
            ],
            [t("sales.order.earned"), f.count(order.points_earned)],
            [t("sales.order.spent"), f.count(order.points_spent)],
          ]}
        />
      </section>
      <section className="form-section" aria-label={t("sales.order.lines")}>
        <Table<Schema<"OrderLine">>
          label={t("sales.order.lines")}
          rows={order.lines}
          rowKey={(row) => String(row.line)}
          columns={[
            {
              key: "name",
              title: t("sales.order.lines"),
              render: (row) => (
                <Link to="/goods/products/$id" params={{ id: row.product }}>
                  {row.name}
                </Link>
              ),
            },
            { key: "sku", title: t("goods.sku"), render: (row) => row.sku },
            {
              key: "n",
              title: t("sales.order.quantity"),
              number: true,
              render: (row) => f.quantity(row.quantity_milli),
            },
            { key: "price", title: t("sales.order.price"), number: true, render: (row) => f.money(row.unit_price) },
            {
              key: "saved",
              title: t("sales.order.saved"),
              number: true,
              render: (row) => f.money(row.gross - row.net),
            },
            { key: "net", title: t("sales.order.net"), number: true, render: (row) => f.money(row.net) },
            {
              key: "back",
              title: t("sales.order.back"),
              number: true,
              render: (row) => f.quantity(row.refunded_milli),
            },
          ]}
        />
      </section>
      <Reasons id={order.id} />
      <Refunds id={order.id} />
      {open === "refund" && <RefundDrawer order={order} onClose={() => setOpen(undefined)} />}
      {open === "exchange" && <ExchangeDrawer order={order} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

function Reasons({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const reasons = useQuery({
    queryKey: ["order", id, "reasons"],
    queryFn: async () =>
      (await api.GET("/api/v1/orders/{id}/reasons", { params: { path: { id } } })).data as Schema<"OrderReasons">,
  });
  return (
    <section className="form-section" aria-label={t("sales.order.why")}>
      <h2>{t("sales.order.why")}</h2>
      <Loaded query={reasons}>
        {(data) => {
          const not = [
            ...data.offers.filter((one) => !one.applied).map((one) => [one.name, one.why_not?.code] as const),
            ...data.coupons.filter((one) => one.why_not).map((one) => [one.name, one.why_not?.code] as const),
          ];
          return (
            <>
              <ol className="timeline">
                <li>
                  {t("sales.order.gross")} {f.money(data.gross)}
                </li>
                {data.stages.flatMap((stage) =>
                  stage.savings.map((saving) => (
                    <li key={`${stage.stage}${saving.name}${saving.source}`}>
                      {t("ui:pair", {
                        name: label("priceStage", stage.stage),
                        says: `${saving.name || label("savingReason", saving.reason.code)} ${f.money(-saving.amount)}`,
                      })}
                    </li>
                  )),
                )}
                <li>
                  <b>
                    {t("sales.order.total")} {f.money(data.total)}
                  </b>
                </li>
              </ol>
              <NotUsed rows={not.filter(([, code]) => !OTHER_TIMES.includes(code ?? ""))} />
              <Elsewhen rows={not.filter(([, code]) => OTHER_TIMES.includes(code ?? ""))} />
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

/** Why something did not apply that has its days elsewhere: true of every sale of the day, so it stands folded. */
const OTHER_TIMES = ["not_yet_valid", "expired", "outside_hours", "other_day"];

type NotUsedRow = readonly [name: string, code: string | undefined];

function NotUsed({ rows }: { rows: NotUsedRow[] }) {
  const { t } = useTranslation(["app", "ui"]);
  if (rows.length === 0) return null;
  return (
    <>
      <h3>{t("sales.order.whyNot")}</h3>
      <Why rows={rows} />
    </>
  );
}

function Elsewhen({ rows }: { rows: NotUsedRow[] }) {
  const { t } = useTranslation(["app", "ui"]);
  if (rows.length === 0) return null;
  return (
    <details>
      <summary>{t("sales.order.elsewhen", { n: String(rows.length) })}</summary>
      <Why rows={rows} />
    </details>
  );
}

function Why({ rows }: { rows: NotUsedRow[] }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  return (
    <ul>
      {rows.map(([name, code], index) => (
        <li key={index}>{t("ui:pair", { name, says: label("whyNot", code) })}</li>
      ))}
    </ul>
  );
}

function Refunds({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refunds = useQuery({
    queryKey: ["order", id, "refunds"],
    queryFn: async () => (await api.GET("/api/v1/orders/{id}/refunds", { params: { path: { id } } })).data ?? [],
  });
  const exchanges = useQuery({
    queryKey: ["order", id, "exchanges"],
    queryFn: async () => (await api.GET("/api/v1/orders/{id}/exchanges", { params: { path: { id } } })).data ?? [],
  });
  if (!refunds.data?.length && !exchanges.data?.length) return null;
  return (
    <section className="form-section" aria-label={t("sales.order.refunds")}>
      <h2>{t("sales.order.refunds")}</h2>
      <ol className="timeline">
        {(refunds.data ?? []).map((one) => (
          <li key={one.id}>
            <time>{f.moment(one.at)}</time> {f.money(one.amount)} ·{" "}
            {one.payments.map((pay) => `${label("tender", pay.tender)} ${f.money(pay.amount)}`).join("，")} ·{" "}
            {t("sales.order.refundPoints", {
              clawed: f.count(one.points_clawed),
              returned: f.count(one.points_returned),
            })}{" "}
            · {one.reason} <ReceiptButton document={one.id} kind="refund" />
          </li>
        ))}
      </ol>
      {(exchanges.data ?? []).length > 0 && (
        <>
          <h3>{t("sales.order.exchanges")}</h3>
          <ol className="timeline">
            {(exchanges.data ?? []).map((one) => (
              <li key={one.id}>
                <time>{f.moment(one.at)}</time>{" "}
                <Link to="/sales/orders/$id" params={{ id: one.order }}>
                  {t("sales.order.one")}
                </Link>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
