import { api, type Schema } from "@shuke/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat, useLabel } from "../../parts/format";
import { List } from "../../parts/List";
import { useStoreName } from "../../parts/refs";

/** What a member has bought. */
export function MemberOrders({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const storeName = useStoreName();
  return (
    <List<Schema<"Order">>
      inner
      id="member-orders"
      title={t("page.orders")}
      rowKey={(row) => row.id}
      depends={[id]}
      columns={[
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
          key: "lines",
          title: t("sales.order.lines"),
          render: (row) => row.lines.map((line) => `${line.name} ×${f.quantity(line.quantity_milli)}`).join("，"),
        },
        { key: "total", title: t("sales.order.total"), number: true, render: (row) => f.money(row.total) },
        { key: "refunded", title: t("sales.order.refunded"), number: true, render: (row) => f.money(row.refunded) },
        {
          key: "payments",
          title: t("sales.order.payments"),
          render: (row) => row.payments.map((one) => label("tender", one.tender)).join("，"),
        },
        { key: "earned", title: t("sales.order.earned"), number: true, render: (row) => f.count(row.points_earned) },
      ]}
      load={async (_, cursor, limit) =>
        (await api.GET("/api/v1/members/{id}/orders", { params: { path: { id }, query: { cursor, limit } } })).data
      }
      empty={{ text: t("ui:state.empty") }}
    />
  );
}
