import { api, type Schema } from "@shuke/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { List } from "../../parts/List";
import { useStoreName, useTills } from "../../parts/refs";
import { useUrl } from "../../parts/url";

type Row = Schema<"OfflineRecord">;

/** What tills sold without a network, and what of it waits for a decision. */
export function OfflineSales() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const options = useOptions();
  const storeName = useStoreName();
  const tills = useTills();
  const [{ store }] = useUrl();
  const conflicts = (row: Row) =>
    row.conflicts.length === 0
      ? t("running.sale.nothing")
      : f.list([...new Set(row.conflicts.map((one) => label("conflict", one.code)))]);
  return (
    <List<Row>
      id="offline-sales"
      inner
      title={t("running.sale.tab")}
      note={<p className="help">{t("running.sale.help")}</p>}
      rowKey={(row) => row.sale.id}
      depends={[store]}
      filters={[{ key: "became", label: t("form.state"), options: options("offlineState") }]}
      columns={[
        {
          key: "at",
          title: t("running.sale.soldAt"),
          render: (row) => (
            <Link to="/sales/offline/$id" params={{ id: row.sale.id }}>
              {f.moment(row.sale.at)}
            </Link>
          ),
          text: (row) => f.moment(row.sale.at),
        },
        { key: "store", title: t("shell.store"), render: (row) => storeName(row.store) },
        {
          key: "till",
          title: t("sales.shift.till"),
          render: (row) => tills.find((one) => one.id === row.till)?.name ?? "–",
        },
        { key: "total", title: t("running.sale.total"), number: true, render: (row) => f.money(row.sale.total) },
        { key: "what", title: t("running.sale.what"), render: conflicts },
        { key: "state", title: t("form.state"), render: (row) => label("offlineState", row.state) },
        { key: "sent", title: t("running.sale.sentAt"), hidden: true, render: (row) => f.moment(row.received_at) },
      ]}
      load={async (search, cursor, limit) =>
        (
          await api.GET("/api/v1/offline-sales", {
            params: {
              query: { store: search.store, state: search.became as Schema<"OfflineState"> | undefined, cursor, limit },
            },
          })
        ).data
      }
      empty={{ text: t("running.sale.empty") }}
    />
  );
}
