import { api, type Schema } from "@shuke/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../parts/format";
import { List } from "../../parts/List";
import { useActorName } from "../../parts/refs";
import { differences, useWords } from "./words";

type Row = Schema<"AuditView">;

/** Who did what, and when. */
export function Audit() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const words = useWords();
  const actor = useActorName();
  return (
    <List<Row>
      id="audit"
      title={t("page.audit")}
      rowKey={(row) => row.id}
      filters={[{ key: "subject", label: t("audit.subject") }]}
      columns={[
        { key: "at", title: t("form.when"), render: (row) => f.moment(row.at) },
        { key: "actor", title: t("audit.actor"), render: (row) => actor(row.actor) },
        { key: "action", title: t("audit.action"), render: (row) => words.action(row.action) },
        {
          key: "subject",
          title: t("audit.subject"),
          render: (row) => <Subject row={row} />,
          text: (row) => row.subject,
        },
        {
          key: "changes",
          title: t("audit.changes"),
          render: (row) => <Changes row={row} />,
          text: (row) => JSON.stringify(row.new ?? null),
        },
      ]}
      load={async (search, cursor, limit) =>
        (await api.GET("/api/v1/audit", { params: { query: { subject: search.subject, cursor, limit } } })).data
      }
      empty={{ text: t("audit.empty") }}
    />
  );
}

/** The page of what an action was done to, by the action's noun. */
const PAGES = {
  member: "/members/$id",
  ledger: "/members/$id",
  points: "/members/$id",
  growth: "/members/$id",
  order: "/sales/orders/$id",
  offer: "/benefits/offers/$id",
  coupon_template: "/benefits/coupons/$id",
} as const;

/** To what something was done: a link where there is a page, words where it is a part of the settings. */
function Subject({ row: { action, subject: id } }: { row: Row }) {
  const words = useWords();
  const [noun = ""] = action.split(".");
  if (noun === "setting") return <>{words.section(id)}</>;
  if (!(noun in PAGES)) return <code>{id}</code>;
  return (
    <Link to={PAGES[noun as keyof typeof PAGES]} params={{ id }}>
      {id.slice(-8)}
    </Link>
  );
}

function Changes({ row }: { row: Row }) {
  const { t } = useTranslation(["app", "ui"]);
  const changed = differences(row.old, row.new);
  if (changed.length === 0) return <>–</>;
  return (
    <details>
      <summary>{t("audit.changes")}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("audit.field")}</th>
            <th scope="col">{t("audit.before")}</th>
            <th scope="col">{t("audit.after")}</th>
          </tr>
        </thead>
        <tbody>
          {changed.map((one) => (
            <tr key={one.field}>
              <td>
                <code>{one.field || "–"}</code>
              </td>
              <td className="wrap">{one.before}</td>
              <td className="wrap">{one.after}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
