import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { download, toCsv } from "../../parts/csv";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat } from "../../parts/format";
import { List } from "../../parts/List";
import { TabPage, useRefresh } from "../../parts/Parts";
import { Rows } from "../../parts/Rows";
import { useCardDesigns, useStoreName } from "../../parts/refs";

type Batch = Schema<"CardBatch">;

/** Plastic cards in stock, and how they look. */
export function CardBatches() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.cards")}
      tabs={[
        { key: "batches", label: t("member.batches.title"), render: () => <Batches /> },
        { key: "designs", label: t("member.batches.designs"), render: () => <Designs /> },
      ]}
    />
  );
}

function Batches() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const storeName = useStoreName();
  const designs = useCardDesigns();
  const may = useMay("member:configure");
  const [open, setOpen] = useState(false);
  const [spoilt, setSpoilt] = useState<Batch>();
  const add = may && (
    <Button type="primary" onClick={() => setOpen(true)}>
      {t("member.batches.add")}
    </Button>
  );
  return (
    <>
      <List<Batch>
        inner
        id="card-batches"
        title={t("member.batches.title")}
        rowKey={(row) => row.id}
        columns={[
          { key: "name", title: t("member.batches.name"), render: (row) => row.name },
          { key: "cards", title: t("member.batches.cards"), number: true, render: (row) => f.count(row.cards) },
          { key: "left", title: t("member.batches.left"), number: true, render: (row) => f.count(row.left_over) },
          { key: "prefix", title: t("member.batches.prefix"), render: (row) => row.prefix || "–" },
          { key: "store", title: t("shell.store"), render: (row) => storeName(row.store) },
          {
            key: "design",
            title: t("member.batches.design"),
            render: (row) => designs.find((one) => one.id === row.design)?.name ?? "–",
          },
          {
            key: "actions",
            title: t("form.actions"),
            render: (row) => (
              <span className="page-actions">
                <Act small label={t("member.batches.numbers")} act={() => exportNumbers(row)} />
                {row.design && <Act small label={t("member.batches.sheets")} act={() => exportSheets(row)} />}
                {may && (
                  <Button size="small" onClick={() => setSpoilt(row)}>
                    {t("member.batches.void")}
                  </Button>
                )}
              </span>
            ),
          },
        ]}
        load={async (_, cursor, limit) =>
          (await api.GET("/api/v1/card-batches", { params: { query: { cursor, limit } } })).data
        }
        actions={add}
        empty={{ text: t("member.batches.empty"), action: add }}
      />
      <FormDrawer<Schema<"CardBatchDraft">>
        id="card-batch"
        title={t("member.batches.add")}
        open={open}
        onClose={() => setOpen(false)}
        initial={
          { name: "", cards: null, prefix: "", first: null, shared_max: 0 } as unknown as Schema<"CardBatchDraft">
        }
        sections={[
          {
            title: "",
            fields: [
              { at: "name", kind: "text", required: true, label: t("member.batches.name") },
              { at: "cards", kind: "whole", required: true, label: t("member.batches.cards") },
              { at: "prefix", kind: "text", label: t("member.batches.prefix") },
              { at: "first", kind: "whole", label: t("member.batches.first") },
              { at: "store", kind: "ref", of: "store", label: t("shell.store") },
              { at: "design", kind: "ref", of: "design", label: t("member.batches.design") },
              { at: "shared_max", kind: "whole", label: t("member.batches.shared") },
            ],
          },
        ]}
        save={(body, key) => api.POST("/api/v1/card-batches", { params: { header: once(key) }, body })}
        saved={() => refresh("card-batches")}
      />
      {spoilt && (
        <FormDrawer<{ numbers: string[] }>
          id={`void-${spoilt.id}`}
          title={t("member.batches.void")}
          open
          onClose={() => setSpoilt(undefined)}
          initial={{ numbers: [] }}
          sections={[
            {
              title: "",
              fields: [{ at: "numbers", kind: "lines", required: true, label: t("member.batches.voidNumbers") }],
            },
          ]}
          save={(body, key) =>
            api.POST("/api/v1/card-batches/{id}/void", {
              params: { path: { id: spoilt.id }, header: once(key) },
              body: { numbers: body.numbers.map((one) => one.trim()).filter(Boolean) },
            })
          }
          saved={() => refresh("card-batches")}
        />
      )}
    </>
  );
}

async function exportNumbers(batch: Batch): Promise<void> {
  const rows: string[][] = [];
  let cursor: string | undefined;
  do {
    const { data } = await api.GET("/api/v1/card-batches/{id}/cards", {
      params: { path: { id: batch.id }, query: { cursor, limit: 200 } },
    });
    rows.push(...(data?.items ?? []).map((one) => [one.number, one.state]));
    cursor = data?.next ?? undefined;
  } while (cursor);
  download(`${batch.name}.csv`, toCsv(rows));
}

async function exportSheets(batch: Batch): Promise<void> {
  const sheets: Schema<"CardSheet">[] = [];
  let cursor: string | undefined;
  do {
    const { data } = await api.GET("/api/v1/card-batches/{id}/sheets", {
      params: { path: { id: batch.id }, query: { cursor, limit: 200 } },
    });
    sheets.push(...(data?.items ?? []));
    cursor = data?.next ?? undefined;
  } while (cursor);
  download(`${batch.name}.json`, JSON.stringify(sheets, null, 1), "application/json");
}

function Designs() {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const may = useMay("member:configure");
  const designs = useQuery({
    queryKey: ["card-designs", "page"],
    queryFn: async () => (await api.GET("/api/v1/card-designs")).data?.items ?? [],
  });
  const whole = (at: "x" | "y" | "width" | "height" | "letters") => ({
    at,
    kind: "whole" as const,
    label: t(`member.batches.element.${at}`),
  });
  return (
    <Rows<Schema<"CardDesign">>
      title={t("member.batches.designs")}
      query={designs}
      rowKey={(row) => row.id}
      may={may}
      add={t("member.batches.designAdd")}
      empty={t("member.batches.empty")}
      columns={[
        { key: "name", title: t("form.name"), render: (row) => row.name },
        { key: "width", title: t("member.batches.width"), number: true, render: (row) => String(row.width) },
        { key: "height", title: t("member.batches.height"), number: true, render: (row) => String(row.height) },
        {
          key: "elements",
          title: t("member.batches.elements"),
          number: true,
          render: (row) => String(row.elements.length),
        },
      ]}
      drawer={(row, close) => (
        <FormDrawer<Schema<"CardDesignDraft">>
          id={`design-${row?.id ?? "new"}`}
          title={row?.name ?? t("member.batches.designAdd")}
          open
          onClose={close}
          initial={{
            name: row?.name ?? "",
            width: row?.width ?? 856,
            height: row?.height ?? 540,
            elements: row?.elements ?? [],
          }}
          sections={[
            {
              title: "",
              fields: [
                { at: "name", kind: "text", required: true, label: t("form.name") },
                { at: "width", kind: "whole", required: true, label: t("member.batches.width") },
                { at: "height", kind: "whole", required: true, label: t("member.batches.height") },
                {
                  at: "elements",
                  kind: "list",
                  label: t("member.batches.elements"),
                  add: t("member.batches.elementAdd"),
                  make: () => ({
                    kind: "text",
                    side: "front",
                    text: "{number}",
                    x: 50,
                    y: 50,
                    width: 400,
                    height: 60,
                    align: "left",
                    letters: 40,
                  }),
                  fields: [
                    {
                      at: "kind",
                      kind: "choice",
                      required: true,
                      label: t("member.batches.element.kind"),
                      options: (["text", "barcode", "qr", "line"] as const).map((value) => ({
                        value,
                        label: t(`member.batches.kinds.${value}`),
                      })),
                    },
                    {
                      at: "side",
                      kind: "choice",
                      required: true,
                      label: t("member.batches.element.side"),
                      options: (["front", "back"] as const).map((value) => ({
                        value,
                        label: t(`member.batches.sides.${value}`),
                      })),
                    },
                    { at: "text", kind: "text", label: t("member.batches.element.text") },
                    whole("x"),
                    whole("y"),
                    whole("width"),
                    whole("height"),
                    whole("letters"),
                    {
                      at: "align",
                      kind: "choice",
                      label: t("member.batches.element.align"),
                      options: (["left", "center", "right"] as const).map((value) => ({
                        value,
                        label: t(`member.batches.aligns.${value}`),
                      })),
                    },
                  ],
                },
              ],
            },
          ]}
          save={(body, key) =>
            row
              ? api.PUT("/api/v1/card-designs/{id}", { params: { path: { id: row.id } }, body })
              : api.POST("/api/v1/card-designs", { params: { header: once(key) }, body })
          }
          saved={() => refresh("card-designs")}
        />
      )}
    />
  );
}
