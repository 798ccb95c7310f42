import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import type { Field } from "../../parts/form/model";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { List } from "../../parts/List";
import { useRefresh } from "../../parts/Parts";
import { useCategories, useCategoryName } from "../../parts/refs";

/** Goods and services, in the order of their initials. */
export function Products() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const options = useOptions();
  const categories = useCategories();
  const categoryName = useCategoryName();
  const may = useMay("catalogue:write");
  const price = (row: Schema<"Product">) => {
    const prices = row.variants.map((variant) => variant.price);
    const [low, high] = [Math.min(...prices), Math.max(...prices)];
    return prices.length === 0 ? "–" : low === high ? f.money(low) : `${f.money(low)} – ${f.money(high)}`;
  };
  return (
    <List<Schema<"Product">>
      id="products"
      title={t("page.products")}
      rowKey={(row) => row.id}
      filters={[
        { key: "q", label: t("goods.search") },
        {
          key: "category",
          label: t("goods.category"),
          options: categories.map((one) => ({ value: one.id, label: one.name })),
        },
        { key: "state", label: t("goods.state"), options: options("saleState") },
      ]}
      columns={[
        {
          key: "name",
          title: t("goods.name"),
          render: (row) => (
            <Link to="/goods/products/$id" params={{ id: row.id }}>
              {row.name}
            </Link>
          ),
          text: (row) => row.name,
        },
        { key: "code", title: t("goods.code"), render: (row) => row.code },
        { key: "kind", title: t("goods.kind"), render: (row) => label("productKind", row.kind) },
        { key: "category", title: t("goods.category"), render: (row) => categoryName(row.category) },
        { key: "price", title: t("goods.price"), number: true, render: price },
        { key: "variants", title: t("goods.variant"), number: true, render: (row) => f.count(row.variants.length) },
        { key: "state", title: t("goods.state"), render: (row) => label("saleState", row.state) },
        { key: "brand", title: t("goods.brand"), hidden: true, render: (row) => row.brand || "–" },
      ]}
      load={async (search, cursor, limit) =>
        (
          await api.GET("/api/v1/products", {
            params: {
              query: {
                q: search.q,
                category: search.category,
                state: search.state as Schema<"SaleState">,
                cursor,
                limit,
              },
            },
          })
        ).data
      }
      actions={may && <NewProduct />}
      empty={{ text: t("goods.empty"), action: may && <NewProduct /> }}
    />
  );
}

/** What a variant is asked for. */
export function useVariantFields(kind: Schema<"ProductKind">): Field<Schema<"NewVariant">>[] {
  const { t } = useTranslation(["app", "ui"]);
  return [
    { at: "sku", kind: "text", required: true, label: t("goods.sku") },
    { at: "name", kind: "text", label: t("goods.variantName") },
    { at: "price", kind: "money", required: true, label: t("goods.price") },
    { at: "member_price", kind: "money", label: t("goods.memberPrice") },
    { at: "cost", kind: "money", label: t("goods.cost") },
    ...(kind === "goods"
      ? ([
          { at: "barcodes", kind: "words", label: t("goods.barcodes") },
          { at: "track_stock", kind: "switch", label: t("goods.track") },
          { at: "oversell", kind: "switch", label: t("goods.oversell") },
        ] as Field<Schema<"NewVariant">>[])
      : ([{ at: "duration_minutes", kind: "whole", label: t("goods.duration") }] as Field<Schema<"NewVariant">>[])),
  ];
}

function NewProduct() {
  const { t } = useTranslation(["app", "ui"]);
  const options = useOptions();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const [open, setOpen] = useState(false);
  const goods = useVariantFields("goods");
  const service = useVariantFields("service");
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t("goods.add")}
      </Button>
      <FormDrawer<Schema<"NewProduct">>
        id="product-new"
        title={t("goods.add")}
        open={open}
        onClose={() => setOpen(false)}
        initial={{
          name: "",
          kind: "goods",
          variants: [{ sku: "", price: null as unknown as number, track_stock: true }],
        }}
        sections={(value) => [
          {
            title: "",
            fields: [
              { at: "kind", kind: "choice", required: true, label: t("goods.kind"), options: options("productKind") },
              { at: "name", kind: "text", required: true, label: t("goods.name") },
              { at: "code", kind: "text", label: t("goods.code") },
              { at: "category", kind: "ref", of: "category", label: t("goods.category") },
              { at: "brand", kind: "text", label: t("goods.brand") },
              { at: "unit", kind: "text", label: t("goods.unit") },
              { at: "special", kind: "switch", label: t("goods.special") },
              { at: "tax_rate", kind: "rate", label: t("goods.tax") },
              {
                at: "variants",
                kind: "list",
                label: t("goods.variants"),
                add: t("goods.addVariant"),
                make: () => ({ sku: "", price: null, track_stock: value.kind === "goods" }),
                fields: value.kind === "goods" ? goods : service,
              },
            ],
          },
        ]}
        save={async (value, key) => {
          const { data } = await api.POST("/api/v1/products", {
            params: { header: once(key) },
            body: { ...value, id: newId(), code: value.code || null },
          });
          refresh("products");
          if (data) await navigate({ to: "/goods/products/$id", params: { id: data.id } });
        }}
      />
    </>
  );
}
