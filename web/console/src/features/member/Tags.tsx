import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import { useOptions } from "../../parts/format";
import { List } from "../../parts/List";
import { useRefresh } from "../../parts/Parts";

type Row = Schema<"Tag">;

/** Tags: given by hand, or by a rule. */
export function TagList() {
  const { t } = useTranslation(["app", "ui"]);
  const may = useMay("member:configure");
  const [open, setOpen] = useState<Row | "new">();
  const add = may && (
    <Button type="primary" onClick={() => setOpen("new")}>
      {t("member.tags.add")}
    </Button>
  );
  return (
    <>
      <List<Row>
        id="tag-list"
        title={t("page.tags")}
        rowKey={(row) => row.id}
        columns={[
          {
            key: "name",
            title: t("member.tags.name"),
            render: (row) => (
              <Link to="/members" search={{ tag: row.id } as never}>
                {row.name}
              </Link>
            ),
            text: (row) => row.name,
          },
          {
            key: "rule",
            title: t("member.tags.title"),
            render: (row) => (row.rule ? t("member.tags.auto") : t("member.tags.manual")),
          },
          {
            key: "state",
            title: t("form.state"),
            render: (row) => (row.archived ? t("form.stopped") : t("form.active")),
          },
          {
            key: "actions",
            title: t("form.actions"),
            render: (row) =>
              may && (
                <Button size="small" onClick={() => setOpen(row)}>
                  {t("ui:do.edit")}
                </Button>
              ),
          },
        ]}
        load={async (_, cursor, limit) =>
          (await api.GET("/api/v1/tags", { params: { query: { cursor, limit } } })).data
        }
        actions={add}
        empty={{ text: t("member.tags.empty"), action: add }}
      />
      {open && <TagDrawer tag={open === "new" ? undefined : open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function TagDrawer({ tag, onClose }: { tag: Row | undefined; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const options = useOptions();
  const refresh = useRefresh();
  const days = { at: "days", kind: "whole" as const, label: t("member.tags.days") };
  return (
    <FormDrawer<Schema<"TagDraft">>
      id={`tag-${tag?.id ?? "new"}`}
      title={tag?.name ?? t("member.tags.add")}
      open
      onClose={onClose}
      initial={{ name: tag?.name ?? "", archived: tag?.archived ?? false, rule: tag?.rule ?? null }}
      sections={[
        {
          title: "",
          fields: [
            { at: "name", kind: "text", required: true, label: t("member.tags.name") },
            {
              at: "rule",
              kind: "group",
              label: t("member.tags.rule"),
              optional: { all: [{ kind: "orders", at_least: 3, days: 90 }] },
              fields: [
                {
                  at: "all",
                  kind: "list",
                  label: t("member.tags.condition"),
                  add: t("member.tags.addCondition"),
                  make: () => ({ kind: "orders", at_least: 3, days: 90 }),
                  fields: [
                    {
                      at: "kind",
                      kind: "choice",
                      required: true,
                      label: t("member.tags.condition"),
                      options: [
                        { value: "amount", label: t("member.tags.amount") },
                        { value: "orders", label: t("member.tags.orders") },
                        { value: "idle", label: t("member.tags.idle") },
                        { value: "stage", label: t("member.tags.stage") },
                      ],
                    },
                    {
                      at: "at_least",
                      kind: "money",
                      label: t("member.tags.atLeast"),
                      when: (one: Schema<"TagCondition">) => one.kind === "amount",
                    },
                    {
                      at: "at_least",
                      kind: "whole",
                      label: t("member.tags.atLeast"),
                      when: (one: Schema<"TagCondition">) => one.kind === "orders",
                    },
                    { ...days, when: (one: Schema<"TagCondition">) => one.kind === "amount" || one.kind === "orders" },
                    {
                      at: "at_least",
                      kind: "whole",
                      label: t("member.tags.idleAtLeast"),
                      when: (one: Schema<"TagCondition">) => one.kind === "idle",
                    },
                    {
                      at: "at_most",
                      kind: "whole",
                      label: t("member.tags.idleAtMost"),
                      when: (one: Schema<"TagCondition">) => one.kind === "idle",
                    },
                    {
                      at: "any_of",
                      kind: "choices",
                      label: t("member.tags.stages"),
                      options: options("stage"),
                      when: (one: Schema<"TagCondition">) => one.kind === "stage",
                    },
                  ],
                },
              ],
            },
            { at: "archived", kind: "switch", label: t("member.tags.archived") },
          ],
        },
      ]}
      save={(value, key) => {
        const body = { ...value, rule: value.rule && { all: value.rule.all.map(clean) } };
        return tag
          ? api.PUT("/api/v1/tags/{id}", { params: { path: { id: tag.id } }, body })
          : api.POST("/api/v1/tags", { params: { header: once(key) }, body });
      }}
      saved={() => refresh("tags", "tag-list")}
    />
  );
}

/** A condition without what another kind of condition left behind. */
export function clean(condition: Schema<"TagCondition">): Schema<"TagCondition"> {
  const value = condition as Record<string, unknown>;
  const keys: Record<string, string[]> = {
    amount: ["at_least", "days"],
    orders: ["at_least", "days"],
    idle: ["at_least", "at_most"],
    stage: ["any_of"],
  };
  return Object.fromEntries(
    ["kind", ...(keys[condition.kind] ?? [])].map((key) => [key, value[key]]),
  ) as Schema<"TagCondition">;
}
