import { api, once, type Schema } from "@shuke/api";
import { useMay, useWho } from "@shuke/ui";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { List } from "../../parts/List";
import { useRefresh } from "../../parts/Parts";

type Row = Schema<"Approval">;

/** What waits for a second person, and what was decided. */
export function Approvals({ inner = false }: { inner?: boolean }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const options = useOptions();
  const refresh = useRefresh();
  const who = useWho();
  const may = useMay("approval:give");
  const amount = (row: Row) => (row.kind === "points_adjustment" ? f.count(row.amount) : f.money(row.amount));
  const decide = (row: Row, given: boolean) => (key: string) =>
    api.POST("/api/v1/approvals/{id}/decision", {
      params: { path: { id: row.id }, header: once(key) },
      body: { given },
    });
  return (
    <List<Row>
      id="approvals"
      inner={inner}
      title={t("page.approvals")}
      rowKey={(row) => row.id}
      filters={[{ key: "state", label: t("form.state"), options: options("approvalState") }]}
      columns={[
        {
          key: "kind",
          title: t("sales.approval.kind"),
          render: (row) => <Subject row={row} />,
          text: (row) => label("approvalKind", row.kind),
        },
        { key: "amount", title: t("form.amount"), number: true, render: amount },
        { key: "reason", title: t("form.reason"), render: (row) => row.reason },
        { key: "state", title: t("form.state"), render: (row) => label("approvalState", row.state) },
        { key: "at", title: t("form.when"), render: (row) => f.moment(row.asked_at) },
        { key: "until", title: t("sales.approval.until"), render: (row) => f.moment(row.expires_at), hidden: true },
        {
          key: "actions",
          title: t("form.actions"),
          render: (row) =>
            may && row.state === "waiting" && !row.asked_by.endsWith(who.id) ? (
              <span className="page-actions">
                <Act
                  small
                  primary
                  label={t("sales.approval.agree")}
                  ask={`${label("approvalKind", row.kind)} ${amount(row)} · ${row.reason} · ${t("sales.approval.agreeAsk")}`}
                  act={decide(row, true)}
                  done={() => refresh("approvals")}
                />
                <Act
                  small
                  danger
                  label={t("sales.approval.decline")}
                  ask={t("sales.approval.declineAsk")}
                  act={decide(row, false)}
                  done={() => refresh("approvals")}
                />
              </span>
            ) : null,
        },
      ]}
      load={async (search, cursor, limit) =>
        (
          await api.GET("/api/v1/approvals", {
            params: { query: { state: search.state as Schema<"ApprovalState">, cursor, limit } },
          })
        ).data
      }
      empty={{ text: t("sales.approval.empty") }}
    />
  );
}

function Subject({ row }: { row: Row }) {
  const label = useLabel();
  const name = label("approvalKind", row.kind);
  return row.kind === "refund" ? (
    <Link to="/sales/orders/$id" params={{ id: row.subject }}>
      {name}
    </Link>
  ) : (
    <Link to="/members/$id" params={{ id: row.subject }}>
      {name}
    </Link>
  );
}
