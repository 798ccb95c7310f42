import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { FormDrawer } from "../../parts/FormDrawer";
import { List } from "../../parts/List";
import { useRefresh } from "../../parts/Parts";

type Row = Schema<"Category">;

/** Categories, those above before those below. */
export function Categories() {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const may = useMay("catalogue:write");
  const [open, setOpen] = useState<Row | "new">();
  const one = open === "new" ? undefined : open;
  const add = may && (
    <Button type="primary" onClick={() => setOpen("new")}>
      {t("goods.categories.add")}
    </Button>
  );
  return (
    <>
      <List<Row>
        id="categories"
        title={t("page.categories")}
        rowKey={(row) => row.id}
        columns={[
          {
            key: "name",
            title: t("goods.categories.name"),
            render: (row) => (
              <Link to="/goods/products" search={{ category: row.id } as never}>
                {"　".repeat(Math.max(0, row.path.length - 1))}
                {row.name}
              </Link>
            ),
            text: (row) => row.name,
          },
          { key: "sort", title: t("goods.categories.sort"), number: true, render: (row) => String(row.sort) },
          {
            key: "actions",
            title: t("form.actions"),
            render: (row) =>
              may && (
                <span className="page-actions">
                  <Button size="small" onClick={() => setOpen(row)}>
                    {t("ui:do.edit")}
                  </Button>
                  <Act
                    small
                    danger
                    label={t("goods.categories.remove")}
                    ask={t("goods.categories.removeAsk")}
                    act={(_key) => api.DELETE("/api/v1/categories/{id}", { params: { path: { id: row.id } } })}
                    done={() => refresh("categories")}
                  />
                </span>
              ),
          },
        ]}
        load={async () => (await api.GET("/api/v1/categories")).data}
        actions={add}
        empty={{ text: t("goods.categories.empty"), action: add }}
      />
      {open && (
        <FormDrawer<Schema<"NewCategory">>
          id={`category-${one?.id ?? "new"}`}
          title={one?.name ?? t("goods.categories.add")}
          open
          onClose={() => setOpen(undefined)}
          initial={{ name: one?.name ?? "", parent: one?.parent ?? null, sort: one?.sort ?? 0 }}
          sections={[
            {
              title: "",
              fields: [
                { at: "name", kind: "text", required: true, label: t("goods.categories.name") },
                { at: "parent", kind: "ref", of: "category", label: t("goods.categories.parent") },
                { at: "sort", kind: "whole", label: t("goods.categories.sort") },
              ],
            },
          ]}
          save={(body, key) =>
            one
              ? api.PATCH("/api/v1/categories/{id}", { params: { path: { id: one.id } }, body })
              : api.POST("/api/v1/categories", { params: { header: once(key) }, body: { ...body, id: newId() } })
          }
          saved={() => refresh("categories")}
        />
      )}
    </>
  );
}
