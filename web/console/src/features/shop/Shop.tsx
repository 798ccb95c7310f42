import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import { useLabel } from "../../parts/format";
import { Facts, TabPage, useRefresh } from "../../parts/Parts";
import { Rows } from "../../parts/Rows";
import { useStoreName } from "../../parts/refs";
import { SettingForm } from "../../parts/Section";

/** The merchant, its stores, its tills. */
export function Shop() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.shop")}
      tabs={[
        { key: "stores", label: t("settings.shop.stores"), render: () => <Stores /> },
        { key: "tills", label: t("settings.shop.tills"), render: () => <Tills /> },
        { key: "merchant", label: t("settings.shop.merchant"), render: () => <MerchantPart /> },
      ]}
    />
  );
}

function MerchantPart() {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  return (
    <SettingForm<Schema<"Merchant">>
      name="merchant"
      read={() => api.GET("/api/v1/merchant")}
      write={(value) => api.PUT("/api/v1/merchant", { body: { name: value.name, zone: value.zone } })}
      aside={(value) => (
        <section className="form-section" aria-label={t("settings.shop.merchant")}>
          <Facts
            items={[
              [t("settings.shop.currency"), value.currency],
              [t("settings.shop.trade"), label("trade", value.trade)],
            ]}
          />
        </section>
      )}
      sections={[
        {
          title: t("settings.shop.merchant"),
          fields: [
            { at: "name", kind: "text", required: true, label: t("settings.shop.name") },
            { at: "zone", kind: "text", required: true, label: t("settings.shop.zone") },
          ],
        },
      ]}
    />
  );
}

function Stores() {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const may = useMay("org:write");
  const stores = useQuery({
    queryKey: ["stores", "page"],
    queryFn: async () => (await api.GET("/api/v1/stores", { params: { query: { limit: 200 } } })).data?.items ?? [],
  });
  return (
    <Rows<Schema<"Store">>
      title={t("settings.shop.stores")}
      query={stores}
      rowKey={(row) => row.id}
      may={may}
      add={t("settings.shop.storeAdd")}
      empty={t("settings.shop.empty")}
      columns={[
        { key: "name", title: t("settings.shop.storeName"), render: (row) => row.name },
        { key: "address", title: t("settings.shop.address"), render: (row) => row.address || "–" },
        { key: "zone", title: t("settings.shop.zone"), render: (row) => row.zone },
        {
          key: "state",
          title: t("form.state"),
          render: (row) => (row.active ? t("settings.shop.active") : t("form.stopped")),
        },
      ]}
      drawer={(row, close) => (
        <FormDrawer<Schema<"StoreDraft">>
          id={`store-${row?.id ?? "new"}`}
          title={row?.name ?? t("settings.shop.storeAdd")}
          open
          onClose={close}
          initial={{
            name: row?.name ?? "",
            address: row?.address ?? "",
            region: row?.region ?? "",
            zone: row?.zone ?? "",
            active: row?.active ?? true,
          }}
          sections={[
            {
              title: "",
              fields: [
                { at: "name", kind: "text", required: true, label: t("settings.shop.storeName") },
                { at: "address", kind: "text", label: t("settings.shop.address") },
                { at: "region", kind: "text", label: t("settings.shop.region") },
                { at: "zone", kind: "text", label: t("settings.shop.storeZone") },
                { at: "active", kind: "switch", label: t("settings.shop.active") },
              ],
            },
          ]}
          save={(value, key) => {
            const body = { ...value, zone: value.zone || null };
            return row
              ? api.PUT("/api/v1/stores/{id}", { params: { path: { id: row.id } }, body })
              : api.POST("/api/v1/stores", { params: { header: once(key) }, body });
          }}
          saved={() => refresh("stores")}
        />
      )}
    />
  );
}

function Tills() {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const storeName = useStoreName();
  const may = useMay("org:write");
  const tills = useQuery({
    queryKey: ["tills", "page"],
    queryFn: async () => (await api.GET("/api/v1/tills", { params: { query: { limit: 200 } } })).data?.items ?? [],
  });
  return (
    <Rows<Schema<"Till">>
      title={t("settings.shop.tills")}
      query={tills}
      rowKey={(row) => row.id}
      may={may}
      add={t("settings.shop.tillAdd")}
      empty={t("settings.shop.empty")}
      columns={[
        { key: "name", title: t("settings.shop.tillName"), render: (row) => row.name },
        { key: "number", title: t("settings.shop.tillNumber"), render: (row) => String(row.number) },
        { key: "store", title: t("shell.store"), render: (row) => storeName(row.store) },
        { key: "state", title: t("form.state"), render: (row) => (row.active ? t("form.active") : t("form.stopped")) },
      ]}
      drawer={(row, close) => (
        <FormDrawer<Schema<"TillDraft">>
          id={`till-${row?.id ?? "new"}`}
          title={row?.name ?? t("settings.shop.tillAdd")}
          open
          onClose={close}
          initial={{ name: row?.name ?? "", store: row?.store ?? "", active: row?.active ?? true }}
          sections={[
            {
              title: "",
              fields: [
                { at: "name", kind: "text", required: true, label: t("settings.shop.tillName") },
                { at: "store", kind: "ref", of: "store", required: true, label: t("shell.store") },
                { at: "active", kind: "switch", label: t("form.active") },
              ],
            },
          ]}
          save={(body, key) =>
            row
              ? api.PUT("/api/v1/tills/{id}", { params: { path: { id: row.id } }, body })
              : api.POST("/api/v1/tills", { params: { header: once(key) }, body })
          }
          saved={() => refresh("tills")}
        />
      )}
    />
  );
}
