import type { Schema } from "@shuke/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import { Empty, Table } from "../../parts/List";
import { useStoreName } from "../../parts/refs";
import { useUrl } from "../../parts/url";
import type { Overall } from "./figures";

/** What sold best, by amount. */
export function Goods({ data }: { data: Overall }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const most = Math.max(1, ...data.goods.map((row) => row.amount));
  return (
    <section className="form-section" aria-label={t("today.goods")}>
      <h2>{t("today.goods")}</h2>
      {data.goods.length === 0 ? (
        <Empty text={t("today.empty")} />
      ) : (
        <Table<Schema<"GoodsFigures">>
          label={t("today.goods")}
          rows={data.goods}
          rowKey={(row) => row.product}
          columns={[
            {
              key: "name",
              title: t("today.goodsName"),
              render: (row) => (
                <>
                  <Link to="/goods/products/$id" params={{ id: row.product }}>
                    {row.name}
                  </Link>
                  <span className="meter" aria-hidden style={{ width: `${Math.max(0, (row.amount * 100) / most)}%` }} />
                </>
              ),
            },
            {
              key: "pieces",
              title: t("today.goodsPieces"),
              number: true,
              render: (row) => f.quantity(row.quantity_milli),
            },
            { key: "amount", title: t("today.goodsAmount"), number: true, render: (row) => f.money(row.amount) },
          ]}
        />
      )}
    </section>
  );
}

/** Store by store; a store's name shows it alone. */
export function Stores({ data }: { data: Overall }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const name = useStoreName();
  const [{ store }, setUrl] = useUrl();
  if (store || data.stores.length < 2) return null;
  return (
    <section className="form-section below" aria-label={t("today.stores")}>
      <h2>{t("today.stores")}</h2>
      <Table<Schema<"StoreFigures">>
        label={t("today.stores")}
        rows={[...data.stores].sort((a, b) => b.sold - a.sold)}
        rowKey={(row) => row.store}
        columns={[
          {
            key: "store",
            title: t("shell.store"),
            render: (row) => (
              <button type="button" className="plain-link" onClick={() => setUrl({ store: row.store }, { push: true })}>
                {name(row.store)}
              </button>
            ),
          },
          { key: "sold", title: t("today.sold"), number: true, render: (row) => f.money(row.sold) },
          { key: "received", title: t("today.received"), number: true, render: (row) => f.money(row.received) },
          { key: "consumed", title: t("today.consumed"), number: true, render: (row) => f.money(row.consumed) },
          { key: "orders", title: t("today.orders"), number: true, render: (row) => f.count(row.orders - row.undone) },
        ]}
      />
    </section>
  );
}
