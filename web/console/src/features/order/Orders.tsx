import { api, type Schema } from "@shuke/api";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat, useLabel, usePeriod } from "../../parts/format";
import { type Column, List } from "../../parts/List";
import { useStoreName } from "../../parts/refs";
import { useUrl } from "../../parts/url";

/** Orders of the store and period at the top. */
export function Orders() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const storeName = useStoreName();
  const [{ store }] = useUrl();
  const { from, to } = usePeriod();
  // Who sees no names sees the member's number; a member who is gone has neither.
  const name = (row: Schema<"ListedOrder">) =>
    row.buyer?.name ?? row.buyer?.number ?? t(row.member ? "sales.order.member" : "sales.order.guest");
  const columns: Column<Schema<"ListedOrder">>[] = [
    {
      key: "number",
      title: t("sales.order.number"),
      render: (row) => (
        <Link to="/sales/orders/$id" params={{ id: row.id }}>
          {row.number}
        </Link>
      ),
      text: (row) => row.number,
    },
    { key: "at", title: t("form.when"), render: (row) => f.moment(row.at) },
    { key: "store", title: t("shell.store"), render: (row) => storeName(row.store) },
    {
      key: "member",
      title: t("sales.order.member"),
      render: (row) =>
        row.member ? (
          <Link to="/members/$id" params={{ id: row.member }}>
            {name(row)}
          </Link>
        ) : (
          name(row)
        ),
      text: name,
    },
    { key: "gross", title: t("sales.order.gross"), number: true, render: (row) => f.money(row.gross), hidden: true },
    {
      key: "saved",
      title: t("sales.order.saved"),
      number: true,
      render: (row) => f.money(row.savings.reduce((sum, one) => sum + one.amount, 0)),
    },
    { key: "total", title: t("sales.order.total"), number: true, render: (row) => f.money(row.total) },
    { key: "refunded", title: t("sales.order.refunded"), number: true, render: (row) => f.money(row.refunded) },
    {
      key: "payments",
      title: t("sales.order.payments"),
      render: (row) => row.payments.map((one) => label("tender", one.tender)).join("，"),
    },
    { key: "earned", title: t("sales.order.earned"), number: true, render: (row) => f.count(row.points_earned) },
    { key: "channel", title: t("sales.order.channel"), hidden: true, render: (row) => label("channel", row.channel) },
  ];
  return (
    <List<Schema<"ListedOrder">>
      id="orders"
      title={t("page.orders")}
      columns={columns}
      rowKey={(row) => row.id}
      depends={[store, from, to]}
      filters={[{ key: "q", label: t("sales.order.find") }]}
      load={async (search, cursor, limit) =>
        (
          await api.GET("/api/v1/orders", {
            // Found by its number or by whose it is, an order is found on whatever day it was.
            params: {
              query: search.q
                ? { q: search.q, store: search.store, member: search.member, cursor, limit }
                : { store: search.store, member: search.member, from, to, cursor, limit },
            },
          })
        ).data
      }
      empty={{
        text: t("sales.order.empty"),
        action: (
          <Button type="primary" href="/till/">
            {t("today.sellNow")}
          </Button>
        ),
      }}
    />
  );
}
