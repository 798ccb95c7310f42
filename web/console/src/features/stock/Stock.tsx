import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button, Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ChooseStore } from "../../parts/ChooseStore";
import { FormDrawer } from "../../parts/FormDrawer";
import type { Field } from "../../parts/form/model";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { List, Table } from "../../parts/List";
import { Loaded, useRefresh } from "../../parts/Parts";
import { useStores } from "../../parts/refs";
import { useUrl } from "../../parts/url";
import { Limits } from "./Limits";

type Row = Schema<"StockRow">;
type Document = "receipts" | "counts" | "adjustments" | "transfers";

/** What a store has on hand, and how it got there. */
export function Stock() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const may = useMay("stock:write");
  const [search] = useUrl();
  const stores = useStores();
  const store = search.store ?? (stores.length === 1 ? stores[0]?.id : undefined);
  const [open, setOpen] = useState<Document>();
  const [moves, setMoves] = useState<Row>();
  const [limits, setLimits] = useState(false);
  if (!store) return <ChooseStore title={t("page.stock")} />;
  const rules = <Button onClick={() => setLimits(true)}>{t("running.limits.button")}</Button>;
  const actions = may ? (
    <>
      <Button type="primary" onClick={() => setOpen("receipts")}>
        {t("goods.stock.receive")}
      </Button>
      <Button onClick={() => setOpen("counts")}>{t("goods.stock.count")}</Button>
      <Button onClick={() => setOpen("adjustments")}>{t("goods.stock.adjust")}</Button>
      {stores.length > 1 && <Button onClick={() => setOpen("transfers")}>{t("goods.stock.transfer")}</Button>}
      {rules}
    </>
  ) : (
    rules
  );
  return (
    <>
      <List<Row>
        id="stock"
        title={t("page.stock")}
        rowKey={(row) => row.variant}
        depends={[store]}
        filters={[{ key: "low", label: t("goods.stock.low") }]}
        columns={[
          {
            key: "name",
            title: t("goods.name"),
            render: (row) => [row.product_name, row.variant_name].filter(Boolean).join(" "),
          },
          { key: "sku", title: t("goods.sku"), render: (row) => row.sku },
          { key: "hand", title: t("goods.stock.onHand"), number: true, render: (row) => f.quantity(row.on_hand_milli) },
          {
            key: "oversell",
            title: t("goods.stock.oversell"),
            hidden: true,
            render: (row) => (row.oversell ? t("form.yes") : t("form.no")),
          },
          {
            key: "actions",
            title: t("form.actions"),
            render: (row) => (
              <Button size="small" onClick={() => setMoves(row)}>
                {t("goods.stock.movements")}
              </Button>
            ),
          },
        ]}
        load={async (now, cursor, limit) =>
          (
            await api.GET("/api/v1/stock", {
              params: {
                query: {
                  store,
                  at_most_milli: now.low ? Math.round(Number(now.low) * 1000) : undefined,
                  cursor,
                  limit,
                },
              },
            })
          ).data
        }
        actions={actions}
        empty={{ text: t("goods.stock.empty") }}
      />
      {open && <DocumentDrawer kind={open} store={store} onClose={() => setOpen(undefined)} />}
      {limits && <Limits store={store} onClose={() => setLimits(false)} />}
      {moves && <Movements row={moves} store={store} onClose={() => setMoves(undefined)} />}
    </>
  );
}

interface Draft {
  lines: { variant: string; [quantity: string]: string | number | null }[];
  note: string;
  supplier?: string;
  reason?: string;
  to_store?: string;
}

function DocumentDrawer({ kind, store, onClose }: { kind: Document; store: string; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const options = useOptions();
  const refresh = useRefresh();
  const title = {
    receipts: t("goods.stock.receive"),
    counts: t("goods.stock.count"),
    adjustments: t("goods.stock.adjust"),
    transfers: t("goods.stock.transfer"),
  }[kind];
  const quantity = {
    receipts: "quantity_milli",
    counts: "counted_milli",
    adjustments: "delta_milli",
    transfers: "quantity_milli",
  }[kind];
  const quantityLabel = {
    receipts: t("goods.stock.quantity"),
    counts: t("goods.stock.counted"),
    adjustments: t("goods.stock.delta"),
    transfers: t("goods.stock.quantity"),
  }[kind];
  const own: Field<Draft>[] = {
    receipts: [{ at: "supplier", kind: "text", label: t("goods.stock.supplier") } as Field<Draft>],
    counts: [],
    adjustments: [
      {
        at: "reason",
        kind: "choice",
        required: true,
        label: t("goods.stock.reason"),
        options: options("adjustmentReason"),
      } as Field<Draft>,
    ],
    transfers: [
      { at: "to_store", kind: "ref", of: "store", required: true, label: t("goods.stock.to") } as Field<Draft>,
    ],
  }[kind];
  return (
    <FormDrawer<Draft>
      id={`stock-${kind}-${store}`}
      title={title}
      open
      onClose={onClose}
      initial={{ lines: [{ variant: "", [quantity]: null }], note: "" }}
      sections={[
        {
          title: "",
          fields: [
            ...own,
            {
              at: "lines",
              kind: "list",
              required: true,
              label: t("goods.stock.lines"),
              add: t("goods.stock.addLine"),
              make: () => ({ variant: "", [quantity]: null }),
              fields: [
                { at: "variant", kind: "ref", of: "variant", required: true, label: t("goods.variant") },
                { at: quantity, kind: "quantity", required: true, label: quantityLabel },
                ...(kind === "receipts"
                  ? [{ at: "unit_cost", kind: "money" as const, label: t("goods.stock.unitCost") }]
                  : []),
              ],
            },
            { at: "note", kind: "area", required: kind === "adjustments", label: t("goods.stock.note") },
          ],
        },
      ]}
      save={(value, key) => send(kind, store, value, key)}
      saved={() => refresh("stock", "movements")}
    />
  );
}

/** The key is the document's id too: sent twice, it is made once. */
function send(kind: Document, store: string, value: Draft, key: string) {
  const params = { header: once(key) };
  const { lines, note } = value;
  switch (kind) {
    case "receipts":
      return api.POST("/api/v1/stock/receipts", {
        params,
        body: { id: key, store, lines: lines as never, note, supplier: value.supplier ?? "" },
      });
    case "counts":
      return api.POST("/api/v1/stock/counts", { params, body: { id: key, store, lines: lines as never, note } });
    case "adjustments":
      return api.POST("/api/v1/stock/adjustments", {
        params,
        body: { id: key, store, lines: lines as never, note, reason: value.reason as Schema<"AdjustmentReason"> },
      });
    case "transfers":
      return api.POST("/api/v1/stock/transfers", {
        params,
        body: { id: key, from_store: store, to_store: value.to_store ?? "", lines: lines as never, note },
      });
  }
}

function Movements({ row, store, onClose }: { row: Row; store: string; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const found = useQuery({
    queryKey: ["movements", store, row.variant],
    queryFn: async () =>
      (await api.GET("/api/v1/stock/movements", { params: { query: { store, variant: row.variant, limit: 100 } } }))
        .data?.items ?? [],
  });
  return (
    <Drawer open onClose={onClose} title={`${row.product_name} ${row.variant_name}`} size={720}>
      <Loaded query={found}>
        {(rows) => (
          <Table<Schema<"MovementRow">>
            label={t("goods.stock.movements")}
            rows={rows}
            rowKey={(one) => `${one.source}${one.line}${one.kind}`}
            columns={[
              { key: "at", title: t("form.when"), render: (one) => f.moment(one.at) },
              { key: "kind", title: t("goods.stock.kind"), render: (one) => label("movement", one.kind) },
              {
                key: "delta",
                title: t("goods.stock.change"),
                number: true,
                render: (one) => f.quantity(one.delta_milli),
              },
              { key: "supplier", title: t("goods.stock.supplier"), render: (one) => one.supplier || "–" },
              { key: "note", title: t("form.note"), render: (one) => one.note || "–" },
            ]}
          />
        )}
      </Loaded>
    </Drawer>
  );
}
