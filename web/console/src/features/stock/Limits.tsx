import { api, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button, Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat } from "../../parts/format";
import { Empty, Table } from "../../parts/List";
import { Loaded, useRefresh } from "../../parts/Parts";

type Limit = Schema<"StockLimit">;

/** A limit with the name of what it is about. */
interface Named extends Limit {
  name: string | undefined;
}

/** How far below zero a store may sell. */
export function Limits({ store, onClose }: { store: string; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const may = useMay("stock:write");
  const [open, setOpen] = useState<Named | "new">();
  const limits = useQuery({ queryKey: ["stock", "limits", store], queryFn: () => named(store) });
  return (
    <Drawer open onClose={onClose} title={t("running.limits.title")} size={640}>
      <p className="help">{t("running.limits.help")}</p>
      <Loaded query={limits}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty text={t("running.limits.empty")} />
          ) : (
            <Table<Named>
              label={t("running.limits.title")}
              rows={rows}
              rowKey={(row) => row.variant ?? "store"}
              columns={[
                {
                  key: "of",
                  title: t("running.limits.of"),
                  render: (row) => (row.variant ? (row.name ?? "–") : t("running.limits.store")),
                },
                {
                  key: "policy",
                  title: t("running.limits.policy"),
                  render: (row) => t(`running.limits.policies.${row.policy}`),
                },
                {
                  key: "max",
                  title: t("running.limits.max"),
                  number: true,
                  render: (row) =>
                    row.policy !== "allow"
                      ? "–"
                      : row.max_milli == null
                        ? t("running.limits.endless")
                        : f.quantity(row.max_milli),
                },
                {
                  key: "edit",
                  title: t("form.actions"),
                  render: (row) =>
                    may && (
                      <Button size="small" onClick={() => setOpen(row)}>
                        {t("running.limits.change")}
                      </Button>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
      {may && (
        <Button type="primary" onClick={() => setOpen("new")}>
          {t("running.limits.add")}
        </Button>
      )}
      {open && (
        <LimitDrawer store={store} limit={open === "new" ? undefined : open} onClose={() => setOpen(undefined)} />
      )}
    </Drawer>
  );
}

/** The limits of a store; the names are those of its stock. */
async function named(store: string): Promise<Named[]> {
  const limits = (await api.GET("/api/v1/stock/limits", { params: { query: { store } } })).data ?? [];
  const wanted = new Set(limits.map((one) => one.variant).filter(Boolean));
  const names = new Map<string, string>();
  let cursor: string | undefined;
  do {
    if (names.size >= wanted.size) break;
    const { data } = await api.GET("/api/v1/stock", { params: { query: { store, cursor, limit: 200 } } });
    for (const row of data?.items ?? [])
      if (wanted.has(row.variant))
        names.set(row.variant, [row.product_name, row.variant_name].filter(Boolean).join(" "));
    cursor = data?.next ?? undefined;
  } while (cursor);
  return limits.map((one) => ({ ...one, name: one.variant ? names.get(one.variant) : undefined }));
}

function LimitDrawer({ store, limit, onClose }: { store: string; limit: Named | undefined; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  return (
    <FormDrawer<Limit>
      id={`limit-${store}-${limit?.variant ?? (limit ? "store" : "new")}`}
      title={limit ? (limit.name ?? t("running.limits.store")) : t("running.limits.add")}
      open
      onClose={onClose}
      initial={{
        store,
        variant: limit?.variant ?? null,
        policy: limit?.policy ?? "allow",
        max_milli: limit?.max_milli ?? null,
      }}
      sections={[
        {
          title: "",
          fields: [
            { at: "variant", kind: "ref", of: "variant", label: t("running.limits.variant"), when: () => !limit },
            {
              at: "policy",
              kind: "choice",
              required: true,
              label: t("running.limits.policy"),
              options: (["allow", "refuse", "inherit"] as const).map((value) => ({
                value,
                label: t(`running.limits.policies.${value}`),
              })),
            },
            {
              at: "max_milli",
              kind: "quantity",
              label: t("running.limits.max"),
              help: t("running.limits.maxHelp"),
              when: (value) => value.policy === "allow",
            },
          ],
        },
      ]}
      save={(body) =>
        api.PUT("/api/v1/stock/limits", {
          body:
            body.policy === "allow" ? body : { store: body.store, variant: body.variant ?? null, policy: body.policy },
        })
      }
      saved={() => refresh("stock")}
    />
  );
}
