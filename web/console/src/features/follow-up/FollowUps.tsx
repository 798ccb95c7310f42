import { api, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ArrangeTag } from "../../parts/FollowUps";
import { useFormat, useLabel, useToday } from "../../parts/format";
import { List } from "../../parts/List";
import { useStoreName } from "../../parts/refs";
import { useUrl } from "../../parts/url";
import { FollowUpDrawer } from "./FollowUpDrawer";

export type Row = Schema<"FollowUpRow">;

/** Whom the store is to contact, the most urgent first. */
export function FollowUps() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const storeName = useStoreName();
  const today = useToday();
  const [{ store, batch }] = useUrl();
  const may = useMay("follow-up:write");
  const [open, setOpen] = useState<Row>();
  const [arranging, setArranging] = useState(false);
  return (
    <>
      <List<Row>
        id="follow-ups"
        title={t("page.followUps")}
        rowKey={(row) => row.id}
        depends={[store, batch, today]}
        columns={[
          {
            key: "who",
            title: t("care.who"),
            render: (row) => (
              <Button type="link" size="small" onClick={() => setOpen(row)}>
                {row.who?.name ?? row.who?.number ?? "–"}
              </Button>
            ),
            text: (row) => row.who?.name ?? row.who?.number ?? "",
          },
          { key: "phone", title: t("member.phone"), render: (row) => row.who?.phone ?? "–" },
          { key: "reason", title: t("care.reason"), render: (row) => row.reason || "–" },
          {
            key: "due",
            title: t("care.dueOn"),
            render: (row) => (
              <>
                {f.day(row.due_on)}{" "}
                {row.state === "open" && row.due_on < today && <Tag color="red">{t("care.late")}</Tag>}
              </>
            ),
            text: (row) => row.due_on,
          },
          { key: "assignee", title: t("care.assignee"), render: (row) => row.assignee ?? t("care.anybody") },
          {
            key: "outcome",
            title: t("care.outcome"),
            render: (row) =>
              row.attempts > 0
                ? `${label("followUpOutcome", row.outcome)}${t("care.times", { n: f.count(row.attempts) })}`
                : t("care.notYet"),
          },
          { key: "stage", title: t("member.stage"), render: (row) => label("stage", row.who?.stage) },
          { key: "last", title: t("member.last"), render: (row) => f.day(row.who?.last_purchase_on) },
          { key: "store", title: t("shell.store"), hidden: true, render: (row) => storeName(row.store) },
          { key: "state", title: t("form.state"), hidden: true, render: (row) => label("followUpState", row.state) },
        ]}
        filters={[
          {
            key: "state",
            label: t("form.state"),
            none: label("followUpState", "open"),
            options: [
              ...(["done", "given_up"] as const).map((state) => ({
                value: state,
                label: label("followUpState", state),
              })),
              { value: "all", label: t("list.all") },
            ],
          },
          {
            key: "hand",
            label: t("care.whose"),
            options: [
              { value: "mine", label: t("care.mine") },
              { value: "nobody", label: t("care.nobodys") },
            ],
          },
          { key: "due", label: t("care.dueTo"), type: "date" },
        ]}
        load={async (search, cursor, limit) =>
          (
            await api.GET("/api/v1/follow-ups", {
              params: {
                query: {
                  store,
                  // What a batch made is shown whole.
                  state:
                    search.state === "all" || (batch && !search.state)
                      ? undefined
                      : ((search.state ?? "open") as Row["state"]),
                  mine: search.hand === "mine" || undefined,
                  unassigned: search.hand === "nobody" || undefined,
                  due_to: search.due,
                  batch,
                  cursor,
                  limit,
                },
              },
            })
          ).data
        }
        actions={may && <Button onClick={() => setArranging(true)}>{t("care.arrangeTag")}</Button>}
        empty={{
          text: t("care.empty"),
          action: may && (
            <Button type="primary" onClick={() => setArranging(true)}>
              {t("care.arrangeTag")}
            </Button>
          ),
        }}
      />
      {open && <FollowUpDrawer id={open.id} onClose={() => setOpen(undefined)} />}
      {arranging && <ArrangeTag onClose={() => setArranging(false)} />}
    </>
  );
}
