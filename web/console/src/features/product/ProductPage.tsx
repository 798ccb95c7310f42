import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { FormDrawer } from "../../parts/FormDrawer";
import { Form } from "../../parts/form/Form";
import { useFormat, useLabel } from "../../parts/format";
import { Table } from "../../parts/List";
import { Loaded, useRefresh } from "../../parts/Parts";
import { useStoreName } from "../../parts/refs";
import { useVariantFields } from "./Products";

type Variant = Schema<"Variant">;

/** One product: what it is, its variants with prices and barcodes. */
export function ProductPage({ id }: { id: string }) {
  const product = useQuery({
    queryKey: ["products", id],
    queryFn: async () =>
      (await api.GET("/api/v1/products/{id}", { params: { path: { id } } })).data as Schema<"Product">,
  });
  return <Loaded query={product}>{(data) => <Page product={data} />}</Loaded>;
}

function Page({ product }: { product: Schema<"Product"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const refresh = useRefresh();
  const may = useMay("catalogue:write");
  const patch = (body: Partial<Schema<"ProductPatch">>) => () =>
    api.PATCH("/api/v1/products/{id}", {
      params: { path: { id: product.id } },
      body: body as Schema<"ProductPatch">,
    });
  return (
    <div className="stack">
      <header className="page-head">
        <h1>{product.name}</h1>
        <span className="page-actions">
          {label("saleState", product.state)}
          {may &&
            (product.state === "on_sale" ? (
              <Act
                label={t("goods.offSale")}
                ask={t("goods.offSaleAsk")}
                act={patch({ state: "off_sale" })}
                done={() => refresh("products")}
              />
            ) : (
              <Act label={t("goods.onSale")} act={patch({ state: "on_sale" })} done={() => refresh("products")} />
            ))}
        </span>
      </header>
      <Variants product={product} />
      <Form<Partial<Schema<"ProductPatch">>>
        key={JSON.stringify(product)}
        id={`product-${product.id}`}
        readOnly={!may}
        initial={{
          name: product.name,
          code: product.code,
          category: product.category ?? null,
          brand: product.brand,
          unit: product.unit,
          special: product.special,
          tax_rate: product.tax_rate ?? null,
        }}
        sections={[
          {
            title: t("goods.edit"),
            fields: [
              { at: "name", kind: "text", required: true, label: t("goods.name") },
              { at: "code", kind: "text", required: true, label: t("goods.code") },
              { at: "category", kind: "ref", of: "category", label: t("goods.category") },
              { at: "brand", kind: "text", label: t("goods.brand") },
              { at: "unit", kind: "text", label: t("goods.unit") },
              { at: "special", kind: "switch", label: t("goods.special") },
              { at: "tax_rate", kind: "rate", label: t("goods.tax") },
            ],
          },
        ]}
        save={(body) => patch(body)()}
        saved={() => refresh("products")}
      />
    </div>
  );
}

function Variants({ product }: { product: Schema<"Product"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refresh = useRefresh();
  const may = useMay("catalogue:write");
  const [open, setOpen] = useState<Variant | "new">();
  const [detail, setDetail] = useState<[Variant, "prices" | "kit"]>();
  const fields = useVariantFields(product.kind);
  return (
    <section className="form-section" aria-label={t("goods.variants")}>
      <div className="page-head">
        <h2>{t("goods.variants")}</h2>
        {may && <Button onClick={() => setOpen("new")}>{t("goods.addVariant")}</Button>}
      </div>
      <Table<Variant>
        label={t("goods.variants")}
        rows={product.variants}
        rowKey={(row) => row.id}
        columns={[
          { key: "sku", title: t("goods.sku"), render: (row) => row.sku },
          { key: "name", title: t("goods.variant"), render: (row) => row.name || "–" },
          { key: "price", title: t("goods.price"), number: true, render: (row) => f.money(row.price) },
          { key: "member", title: t("goods.memberPrice"), number: true, render: (row) => f.money(row.member_price) },
          { key: "cost", title: t("goods.cost"), number: true, render: (row) => f.money(row.cost) },
          { key: "barcodes", title: t("goods.barcode"), render: (row) => row.barcodes.join("，") || "–" },
          { key: "state", title: t("goods.state"), render: (row) => label("saleState", row.state) },
          {
            key: "actions",
            title: t("form.actions"),
            render: (row) => (
              <span className="page-actions">
                {may && (
                  <Button size="small" onClick={() => setOpen(row)}>
                    {t("ui:do.edit")}
                  </Button>
                )}
                <Button size="small" onClick={() => setDetail([row, "prices"])}>
                  {t("goods.storePrices")}
                </Button>
                <Button size="small" onClick={() => setDetail([row, "kit"])}>
                  {t("goods.kit")}
                </Button>
              </span>
            ),
          },
        ]}
      />
      {open === "new" && (
        <FormDrawer<Schema<"NewVariant">>
          id={`variant-new-${product.id}`}
          title={t("goods.addVariant")}
          open
          onClose={() => setOpen(undefined)}
          initial={{ sku: "", price: null as unknown as number, track_stock: product.kind === "goods" }}
          sections={[{ title: "", fields }]}
          save={(body, key) =>
            api.POST("/api/v1/products/{id}/variants", {
              params: { path: { id: product.id }, header: once(key) },
              body,
            })
          }
          saved={() => refresh("products")}
        />
      )}
      {open && open !== "new" && <EditVariant variant={open} kind={product.kind} onClose={() => setOpen(undefined)} />}
      {detail?.[1] === "prices" && <StorePrices variant={detail[0]} onClose={() => setDetail(undefined)} />}
      {detail?.[1] === "kit" && <KitDrawer variant={detail[0]} onClose={() => setDetail(undefined)} />}
    </section>
  );
}

function EditVariant({
  variant,
  kind,
  onClose,
}: {
  variant: Variant;
  kind: Schema<"ProductKind">;
  onClose: () => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const options = useOptionsOfState();
  const refresh = useRefresh();
  const fields = useVariantFields(kind);
  return (
    <FormDrawer<Partial<Schema<"VariantPatch">>>
      id={`variant-${variant.id}`}
      title={t("goods.editVariant")}
      open
      onClose={onClose}
      initial={{
        sku: variant.sku,
        name: variant.name,
        price: variant.price,
        member_price: variant.member_price ?? null,
        cost: variant.cost ?? null,
        barcodes: variant.barcodes,
        track_stock: variant.track_stock,
        oversell: variant.oversell,
        duration_minutes: variant.duration_minutes ?? null,
        activity: variant.activity ?? null,
        state: variant.state,
      }}
      sections={[
        {
          title: "",
          fields: [
            ...(fields as never[]),
            { at: "state", kind: "choice", required: true, label: t("goods.state"), options },
            {
              at: "activity",
              kind: "group",
              label: t("goods.activity"),
              optional: { price: variant.price },
              fields: [
                { at: "price", kind: "money", required: true, label: t("goods.activityPrice") },
                { at: "from", kind: "moment", label: t("goods.activityFrom") },
                { at: "until", kind: "moment", label: t("goods.activityUntil") },
              ],
            },
          ],
        },
      ]}
      save={(body, _key) =>
        api.PATCH("/api/v1/variants/{id}", {
          params: { path: { id: variant.id } },
          body: body as Schema<"VariantPatch">,
        })
      }
      saved={() => refresh("products")}
    />
  );
}

function useOptionsOfState() {
  const label = useLabel();
  return (["on_sale", "off_sale"] as const).map((value) => ({ value, label: label("saleState", value) }));
}

function StorePrices({ variant, onClose }: { variant: Variant; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const storeName = useStoreName();
  const refresh = useRefresh();
  const may = useMay("catalogue:write");
  const prices = useQuery({
    queryKey: ["prices", variant.id],
    queryFn: async () =>
      (await api.GET("/api/v1/variants/{id}/prices", { params: { path: { id: variant.id } } })).data?.items ?? [],
  });
  const at = (store: string) => ({ path: { id: variant.id, store } });
  return (
    <FormDrawer<{ store: string; price: number | null }>
      id={`price-${variant.id}`}
      title={`${t("goods.storePrices")} ${variant.sku}`}
      open
      onClose={onClose}
      readOnly={!may}
      initial={{ store: "", price: variant.price }}
      sections={[
        {
          title: "",
          help: t("goods.storePricesHelp"),
          fields: [
            { at: "store", kind: "ref", of: "store", required: true, label: t("shell.store") },
            { at: "price", kind: "money", required: true, label: t("goods.price") },
          ],
        },
      ]}
      aside={() => (
        <ol className="timeline">
          {(prices.data ?? []).map((one) => (
            <li key={one.store}>
              {storeName(one.store)} {f.money(one.price)}{" "}
              {may && (
                <Act
                  small
                  label={t("goods.storePriceRemove")}
                  act={(_key) => api.DELETE("/api/v1/variants/{id}/prices/{store}", { params: at(one.store) })}
                  done={() => refresh("prices")}
                />
              )}
            </li>
          ))}
        </ol>
      )}
      save={(value, _key) =>
        api.PUT("/api/v1/variants/{id}/prices/{store}", {
          params: at(value.store),
          body: { price: value.price ?? 0 },
        })
      }
      saved={() => refresh("prices")}
    />
  );
}

function KitDrawer({ variant, onClose }: { variant: Variant; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const may = useMay("catalogue:write");
  const refresh = useRefresh();
  const kit = useQuery({
    queryKey: ["kit", variant.id],
    queryFn: async () =>
      (await api.GET("/api/v1/variants/{id}/kit", { params: { path: { id: variant.id } } })).data as Schema<"Kit">,
  });
  if (!kit.data) return null;
  return (
    <FormDrawer<Schema<"Kit">>
      id={`kit-${variant.id}`}
      title={`${t("goods.kit")} ${variant.sku}`}
      open
      onClose={onClose}
      readOnly={!may}
      initial={kit.data}
      sections={[
        {
          title: "",
          help: t("goods.kitHelp"),
          fields: [
            {
              at: "parts",
              kind: "list",
              label: t("goods.kit"),
              add: t("goods.kitAdd"),
              make: () => ({ variant: "", quantity_milli: 1000 }),
              fields: [
                { at: "variant", kind: "ref", of: "variant", required: true, label: t("goods.variant") },
                { at: "quantity_milli", kind: "quantity", required: true, label: t("goods.stock.quantity") },
              ],
            },
          ],
        },
      ]}
      save={(body, _key) => api.PUT("/api/v1/variants/{id}/kit", { params: { path: { id: variant.id } }, body })}
      saved={() => refresh("kit")}
    />
  );
}
