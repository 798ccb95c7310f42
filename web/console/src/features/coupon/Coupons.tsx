import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { CouponParts } from "../../parts/CouponDrawer";
import { download, toCsv } from "../../parts/csv";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { List } from "../../parts/List";
import { TabPage, useRefresh } from "../../parts/Parts";
import { useTemplates } from "../../parts/refs";

/** Templates, batches of codes, and finding a coupon by its code. */
export function Coupons() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.coupons")}
      tabs={[
        { key: "templates", label: t("page.coupons"), render: () => <Templates /> },
        { key: "batches", label: t("benefits.coupon.batches"), render: () => <Batches /> },
        { key: "find", label: t("benefits.coupon.find"), render: () => <Find /> },
      ]}
    />
  );
}

function Templates() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const options = useOptions();
  const may = useMay("loyalty:configure");
  const add = may && (
    <Link to="/benefits/coupons/$id" params={{ id: "new" }}>
      <Button type="primary" tabIndex={-1}>
        {t("benefits.coupon.add")}
      </Button>
    </Link>
  );
  return (
    <List<Schema<"CouponTemplate">>
      inner
      id="coupon-templates"
      title={t("page.coupons")}
      rowKey={(row) => row.id}
      filters={[{ key: "state", label: t("form.state"), options: options("publishState") }]}
      columns={[
        {
          key: "name",
          title: t("form.name"),
          render: (row) => (
            <Link to="/benefits/coupons/$id" params={{ id: row.id }}>
              {row.name}
            </Link>
          ),
          text: (row) => row.name,
        },
        { key: "state", title: t("form.state"), render: (row) => label("publishState", row.state) },
        {
          key: "benefit",
          title: t("benefits.coupon.benefit"),
          render: (row) => t(`benefits.coupon.kinds.${row.terms.benefit.kind}`),
        },
        {
          key: "threshold",
          title: t("benefits.coupon.threshold"),
          number: true,
          render: (row) => f.money(row.terms.threshold ?? 0),
        },
        { key: "issued", title: t("benefits.coupon.issued"), number: true, render: (row) => f.count(row.issued) },
        { key: "changed", title: t("benefits.changed"), render: (row) => f.moment(row.changed_at) },
      ]}
      load={async (search, cursor, limit) =>
        (
          await api.GET("/api/v1/coupon-templates", {
            params: { query: { state: search.state as Schema<"TemplateState">, cursor, limit } },
          })
        ).data
      }
      actions={add}
      empty={{ text: t("benefits.coupon.empty"), action: add }}
    />
  );
}

function Batches() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const templates = useTemplates();
  const may = useMay("coupon:issue");
  const [open, setOpen] = useState(false);
  const add = may && (
    <Button type="primary" onClick={() => setOpen(true)}>
      {t("benefits.coupon.batchAdd")}
    </Button>
  );
  return (
    <>
      <List<Schema<"CouponBatch">>
        inner
        id="coupon-batches"
        title={t("benefits.coupon.batches")}
        rowKey={(row) => row.id}
        columns={[
          { key: "name", title: t("form.name"), render: (row) => row.name },
          {
            key: "template",
            title: t("benefits.coupon.template"),
            render: (row) => templates.find((one) => one.id === row.template)?.name ?? "–",
          },
          { key: "codes", title: t("benefits.coupon.codes"), number: true, render: (row) => f.count(row.codes) },
          { key: "claimed", title: t("benefits.coupon.claimed"), number: true, render: (row) => f.count(row.claimed) },
          { key: "at", title: t("form.when"), render: (row) => f.moment(row.at) },
          {
            key: "actions",
            title: t("form.actions"),
            render: (row) =>
              may && (
                <span className="page-actions">
                  <Act small label={t("benefits.coupon.export")} act={() => exportCodes(row.id, row.name)} />
                  {row.revoked_at == null && (
                    <Act
                      small
                      danger
                      label={t("benefits.coupon.revoke")}
                      ask={t("benefits.coupon.revokeAsk")}
                      act={(key) =>
                        api.POST("/api/v1/coupon-batches/{id}/revoke", {
                          params: { path: { id: row.id }, header: once(key) },
                          body: { reason: "" },
                        })
                      }
                      done={() => refresh("coupon-batches")}
                    />
                  )}
                </span>
              ),
          },
        ]}
        load={async (_, cursor, limit) =>
          (await api.GET("/api/v1/coupon-batches", { params: { query: { cursor, limit } } })).data
        }
        actions={add}
        empty={{ text: t("benefits.coupon.empty"), action: add }}
      />
      <FormDrawer<{ name: string; template: string; codes: number | null }>
        id="coupon-batch"
        title={t("benefits.coupon.batchAdd")}
        open={open}
        onClose={() => setOpen(false)}
        initial={{ name: "", template: "", codes: null }}
        sections={[
          {
            title: "",
            fields: [
              { at: "name", kind: "text", required: true, label: t("form.name") },
              { at: "template", kind: "ref", of: "template", required: true, label: t("benefits.coupon.template") },
              { at: "codes", kind: "whole", required: true, label: t("benefits.coupon.codes") },
            ],
          },
        ]}
        save={(value, key) =>
          api.POST("/api/v1/coupon-batches", {
            params: { header: once(key) },
            body: { id: key, name: value.name, template: value.template, codes: value.codes ?? 0 },
          })
        }
        saved={() => refresh("coupon-batches")}
      />
    </>
  );
}

async function exportCodes(id: string, name: string): Promise<void> {
  const rows: string[][] = [];
  let cursor: string | undefined;
  do {
    const { data } = await api.GET("/api/v1/coupon-batches/{id}/codes", {
      params: { path: { id }, query: { cursor, limit: 200 } },
    });
    rows.push(...(data?.items ?? []).map((one) => [String(one.number), one.code, one.claimed_at ? "1" : "0"]));
    cursor = data?.next ?? undefined;
  } while (cursor);
  download(`${name}.csv`, toCsv(rows));
}

function Find() {
  const { t } = useTranslation(["app", "ui"]);
  const [code, setCode] = useState("");
  const [asked, setAsked] = useState("");
  const found = useQuery({
    queryKey: ["coupon-code", asked],
    enabled: asked !== "",
    retry: false,
    queryFn: async () =>
      (await api.GET("/api/v1/coupon-codes/{code}", { params: { path: { code: asked } } }))
        .data as Schema<"CouponView">,
  });
  return (
    <section className="form-section" aria-label={t("benefits.coupon.find")}>
      <p className="help">{t("benefits.coupon.findHelp")}</p>
      <Input.Search
        aria-label={t("benefits.coupon.findCode")}
        value={code}
        onChange={(event) => setCode(event.target.value)}
        onSearch={(text) => setAsked(text.trim())}
        enterButton
      />
      <ProblemNotice error={found.error} />
      {found.data && (
        <>
          <h2>{found.data.name}</h2>
          <CouponParts coupon={found.data} />
        </>
      )}
    </section>
  );
}
