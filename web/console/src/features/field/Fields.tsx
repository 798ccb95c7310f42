import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { TabPage, useRefresh } from "../../parts/Parts";
import { Rows } from "../../parts/Rows";

/** What a profile holds beyond the usual, and the terms that members accept. */
export function CustomFields() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.fields")}
      tabs={[
        { key: "fields", label: t("member.fields.title"), render: () => <FieldRows /> },
        { key: "terms", label: t("member.fields.terms"), render: () => <Terms /> },
      ]}
    />
  );
}

function FieldRows() {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const options = useOptions();
  const refresh = useRefresh();
  const may = useMay("member:configure");
  const fields = useQuery({
    queryKey: ["fields"],
    queryFn: async () => (await api.GET("/api/v1/fields")).data ?? [],
  });
  return (
    <Rows<Schema<"Field">>
      title={t("member.fields.title")}
      query={fields}
      rowKey={(row) => row.id}
      may={may}
      add={t("member.fields.add")}
      empty={t("member.fields.empty")}
      columns={[
        { key: "label", title: t("member.fields.label"), render: (row) => row.label },
        { key: "key", title: t("member.fields.key"), render: (row) => row.key },
        { key: "kind", title: t("member.fields.kind"), render: (row) => label("fieldKind", row.kind) },
        { key: "options", title: t("member.fields.options"), render: (row) => row.options.join("，") || "–" },
        {
          key: "state",
          title: t("form.state"),
          render: (row) => (row.archived ? t("form.stopped") : t("form.active")),
        },
      ]}
      drawer={(row, close) => (
        <FormDrawer<Schema<"FieldDraft">>
          id={`field-${row?.id ?? "new"}`}
          title={row?.label ?? t("member.fields.add")}
          open
          onClose={close}
          initial={{
            key: row?.key ?? "",
            label: row?.label ?? "",
            kind: row?.kind ?? "text",
            options: row?.options ?? [],
            scale: row?.scale ?? 0,
            archived: row?.archived ?? false,
          }}
          sections={[
            {
              title: "",
              fields: [
                { at: "label", kind: "text", required: true, label: t("member.fields.label") },
                { at: "key", kind: "text", required: true, label: t("member.fields.key"), when: () => !row },
                {
                  at: "kind",
                  kind: "choice",
                  required: true,
                  label: t("member.fields.kind"),
                  options: options("fieldKind"),
                  when: () => !row,
                },
                {
                  at: "options",
                  kind: "lines",
                  label: t("member.fields.options"),
                  when: (value) => value.kind === "choice" || value.kind === "multi_choice",
                },
                {
                  at: "scale",
                  kind: "whole",
                  label: t("member.fields.scale"),
                  when: (value) => value.kind === "decimal",
                },
                { at: "archived", kind: "switch", label: t("member.fields.archived"), when: () => Boolean(row) },
              ],
            },
          ]}
          save={(body, key) =>
            row
              ? api.PUT("/api/v1/fields/{id}", { params: { path: { id: row.id } }, body })
              : api.POST("/api/v1/fields", { params: { header: once(key) }, body })
          }
          saved={() => refresh("fields")}
        />
      )}
    />
  );
}

function Terms() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const may = useMay("member:configure");
  const terms = useQuery({
    queryKey: ["terms"],
    queryFn: async () => (await api.GET("/api/v1/terms", { params: { query: { limit: 100 } } })).data?.items ?? [],
  });
  return (
    <Rows<Schema<"Terms">>
      title={t("member.fields.terms")}
      query={terms}
      rowKey={(row) => row.version}
      may={may}
      add={t("member.fields.termsAdd")}
      empty={t("member.fields.termsEmpty")}
      edit={t("member.fields.termsAdd")}
      columns={[
        { key: "version", title: t("member.fields.version"), render: (row) => row.version },
        { key: "title", title: t("member.fields.termsTitle"), render: (row) => row.title },
        { key: "at", title: t("member.fields.published"), render: (row) => f.moment(row.published_at) },
      ]}
      drawer={(row, close) => (
        <FormDrawer<Schema<"TermsDraft">>
          id={`terms-${row?.version ?? "new"}`}
          title={t("member.fields.termsAdd")}
          open
          onClose={close}
          initial={{ version: "", title: row?.title ?? "", body: row?.body ?? "" }}
          sections={[
            {
              title: "",
              help: t("member.fields.termsEmpty"),
              fields: [
                { at: "version", kind: "text", required: true, label: t("member.fields.version") },
                { at: "title", kind: "text", required: true, label: t("member.fields.termsTitle") },
                { at: "body", kind: "area", required: true, label: t("member.fields.termsBody") },
              ],
            },
          ]}
          save={(body, key) => api.POST("/api/v1/terms", { params: { header: once(key) }, body })}
          saved={() => refresh("terms")}
        />
      )}
    />
  );
}
