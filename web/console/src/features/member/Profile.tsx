import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { FormDrawer } from "../../parts/FormDrawer";
import { Form } from "../../parts/form/Form";
import type { Field } from "../../parts/form/model";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { Table } from "../../parts/List";
import { useRefresh } from "../../parts/Parts";
import { useTags } from "../../parts/refs";

type Member = Schema<"MemberView">;
type Draft = Partial<Schema<"MemberChange">>;

/** Who a member is: what can be edited, and whom they bring along. */
export function Profile({ member, revealed }: { member: Member; revealed: boolean }) {
  return (
    <div className="stack">
      <Edit member={member} revealed={revealed} />
      <Dependents member={member} />
      <Tags member={member} />
    </div>
  );
}

function useCustomFields(): Field<Draft>[] {
  const fields = useQuery({
    queryKey: ["fields"],
    staleTime: 60_000,
    queryFn: async () => (await api.GET("/api/v1/fields")).data ?? [],
  });
  return (fields.data ?? [])
    .filter((field) => !field.archived)
    .map((field): Field<Draft> => {
      const at = `fields.${field.key}` as const;
      const options = field.options.map((value) => ({ value, label: value }));
      switch (field.kind) {
        case "integer":
          return { at, kind: "whole", label: field.label };
        case "date":
          return { at, kind: "date", label: field.label };
        case "choice":
          return { at, kind: "choice", label: field.label, options };
        case "multi_choice":
          return { at, kind: "choices", label: field.label, options };
        case "yes_no":
          return { at, kind: "switch", label: field.label };
        default:
          return { at, kind: "text", label: field.label };
      }
    });
}

function Edit({ member, revealed }: { member: Member; revealed: boolean }) {
  const { t } = useTranslation(["app", "ui"]);
  const options = useOptions();
  const refresh = useRefresh();
  const may = useMay("member:write");
  const custom = useCustomFields();
  const { person } = member;
  const initial: Draft = {
    name: person.name ?? "",
    phone: person.phone ?? "",
    email: person.email ?? "",
    birthday: person.birthday ?? "",
    birthday_lunar: person.birthday_lunar ?? false,
    gender: member.gender ?? null,
    store: member.home_store ?? null,
    region: member.region,
    source: member.source ?? "",
    note: person.note ?? "",
    fields: member.fields as Draft["fields"],
  };
  const personal: Field<Draft>[] = [
    { at: "name", kind: "text", label: t("member.name") },
    { at: "phone", kind: "text", label: t("member.phone") },
    { at: "email", kind: "text", label: t("member.email") },
    { at: "birthday", kind: "text", label: t("member.birthday") },
    { at: "birthday_lunar", kind: "switch", label: t("member.lunar") },
    { at: "note", kind: "area", label: t("member.note") },
  ];
  return (
    <Form<Draft>
      id={`member-${member.id}-${revealed ? "full" : "masked"}`}
      initial={initial}
      readOnly={!may || member.state !== "active"}
      sections={[
        ...(revealed ? [{ title: t("member.tab.profile"), fields: personal }] : []),
        {
          title: revealed ? t("member.region") : t("member.tab.profile"),
          help: revealed ? undefined : t("member.revealToEdit"),
          fields: [
            { at: "gender", kind: "choice", label: t("member.gender"), options: options("gender") },
            { at: "store", kind: "ref", of: "store", label: t("member.store") },
            { at: "region.province", kind: "text", label: t("member.province") },
            { at: "region.city", kind: "text", label: t("member.city") },
            { at: "region.district", kind: "text", label: t("member.district") },
            { at: "source", kind: "text", label: t("member.source") },
          ],
        },
        ...(custom.length > 0 ? [{ title: t("member.fields.title"), fields: custom }] : []),
      ]}
      save={(value, _key) => {
        // Only what was changed is sent: a masked name must not become the name.
        const body = Object.fromEntries(
          Object.entries(value)
            .filter(([name, one]) => JSON.stringify(one) !== JSON.stringify(initial[name as keyof Draft]))
            .map(([name, one]) => [name, one === "" ? null : one]),
        );
        return api.PATCH("/api/v1/members/{id}", {
          params: { path: { id: member.id } },
          body: body as Schema<"MemberChange">,
        });
      }}
      saved={() => refresh("member", "members")}
    />
  );
}

function Dependents({ member }: { member: Member }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const options = useOptions();
  const refresh = useRefresh();
  const may = useMay("member:write");
  const [open, setOpen] = useState<Schema<"DependentView"> | "new">();
  const { id } = member;
  const one = open === "new" ? undefined : open;
  return (
    <section className="form-section" aria-label={t("member.dependent.title")}>
      <div className="page-head">
        <h2>{t("member.dependent.title")}</h2>
        {may && <Button onClick={() => setOpen("new")}>{t("member.dependent.add")}</Button>}
      </div>
      {member.dependents.length > 0 && (
        <Table<Schema<"DependentView">>
          label={t("member.dependent.title")}
          rows={member.dependents}
          rowKey={(row) => row.id}
          columns={[
            {
              key: "relation",
              title: t("member.dependent.relation"),
              render: (row) => label("relation", row.relation),
            },
            { key: "name", title: t("member.dependent.name"), render: (row) => row.name ?? "–" },
            { key: "gender", title: t("member.gender"), render: (row) => label("gender", row.gender) },
            { key: "born", title: t("member.dependent.born"), render: (row) => f.day(row.born_on) },
            { key: "due", title: t("member.dependent.due"), render: (row) => f.day(row.due_on) },
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
                      label={t("member.dependent.remove")}
                      ask={t("member.dependent.removeAsk")}
                      act={(_key) =>
                        api.DELETE("/api/v1/members/{id}/dependents/{dependent}", {
                          params: { path: { id, dependent: row.id } },
                        })
                      }
                      done={() => refresh("member")}
                    />
                  </span>
                ),
            },
          ]}
        />
      )}
      {open && (
        <FormDrawer<Schema<"DependentDraft">>
          id={`dependent-${id}-${one?.id ?? "new"}`}
          title={t("member.dependent.title")}
          open
          onClose={() => setOpen(undefined)}
          initial={{
            relation: one?.relation ?? "child",
            name: one?.name ?? "",
            gender: one?.gender ?? null,
            born_on: one?.born_on ?? null,
            due_on: one?.due_on ?? null,
          }}
          sections={[
            {
              title: "",
              fields: [
                {
                  at: "relation",
                  kind: "choice",
                  required: true,
                  label: t("member.dependent.relation"),
                  options: options("relation"),
                },
                { at: "name", kind: "text", label: t("member.dependent.name") },
                { at: "gender", kind: "choice", label: t("member.gender"), options: options("gender") },
                { at: "born_on", kind: "date", label: t("member.dependent.born") },
                { at: "due_on", kind: "date", label: t("member.dependent.due") },
              ],
            },
          ]}
          save={(value, key) => {
            const body = { ...value, name: value.name || null };
            return one
              ? api.PUT("/api/v1/members/{id}/dependents/{dependent}", {
                  params: { path: { id, dependent: one.id } },
                  body,
                })
              : api.POST("/api/v1/members/{id}/dependents", { params: { path: { id }, header: once(key) }, body });
          }}
          saved={() => refresh("member")}
        />
      )}
    </section>
  );
}

function Tags({ member }: { member: Member }) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const may = useMay("member:write");
  const all = useTags();
  const free = all.filter((tag) => !tag.rule && !tag.archived && !member.tags.some((one) => one.id === tag.id));
  const change = (id: string, body: Schema<"TagMembers">) => (_key: string) =>
    api.PATCH("/api/v1/tags/{id}/members", { params: { path: { id } }, body });
  return (
    <section className="form-section" aria-label={t("member.tags.title")}>
      <h2>{t("member.tags.title")}</h2>
      <p className="page-actions">
        {member.tags.map((tag) => (
          <span key={tag.id}>
            <Tag>{tag.name}</Tag>
            {may && !tag.rule && (
              <Act
                small
                label={`${t("member.tags.take")} ${tag.name}`}
                act={change(tag.id, { take_from: [member.id] })}
                done={() => refresh("member")}
              />
            )}
          </span>
        ))}
        {may &&
          free.map((tag) => (
            <Act
              key={tag.id}
              small
              label={`+ ${tag.name}`}
              act={change(tag.id, { give_to: [member.id] })}
              done={() => refresh("member")}
            />
          ))}
      </p>
    </section>
  );
}
