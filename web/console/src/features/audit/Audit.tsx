import { api, type Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import { List } from "../../parts/List";
import { useActorName } from "../../parts/refs";

type Row = Schema<"AuditView">;

/** Who did what, and when. */
export function Audit() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const actor = useActorName();
  return (
    <List<Row>
      id="audit"
      title={t("page.audit")}
      rowKey={(row) => row.id}
      filters={[{ key: "subject", label: t("settings.audit.subject") }]}
      columns={[
        { key: "at", title: t("form.when"), render: (row) => f.moment(row.at) },
        { key: "actor", title: t("settings.audit.actor"), render: (row) => actor(row.actor) },
        { key: "action", title: t("settings.audit.action"), render: (row) => row.action },
        {
          key: "subject",
          title: t("settings.audit.subject"),
          render: (row) => <code>{row.subject}</code>,
          text: (row) => row.subject,
        },
        {
          key: "changes",
          title: t("settings.audit.changes"),
          render: (row) => <Changes row={row} />,
          text: (row) => JSON.stringify(row.new ?? null),
        },
      ]}
      load={async (search, cursor, limit) =>
        (await api.GET("/api/v1/audit", { params: { query: { subject: search.subject, cursor, limit } } })).data
      }
      empty={{ text: t("settings.audit.empty") }}
    />
  );
}

function Changes({ row }: { row: Row }) {
  const { t } = useTranslation(["app", "ui"]);
  if (row.old == null && row.new == null) return <>–</>;
  return (
    <details>
      <summary>{t("settings.audit.changes")}</summary>
      {row.old != null && (
        <>
          {t("settings.audit.before")}
          <pre className="receipt">{JSON.stringify(row.old, null, 1)}</pre>
        </>
      )}
      {row.new != null && (
        <>
          {t("settings.audit.after")}
          <pre className="receipt">{JSON.stringify(row.new, null, 1)}</pre>
        </>
      )}
    </details>
  );
}
