import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { type Column, List } from "../../parts/List";
import { useRefresh } from "../../parts/Parts";
import { useStoreName, useStores, useTags } from "../../parts/refs";
import { type Search, useUrl } from "../../parts/url";

type Row = Schema<"MemberBrief">;

export const STAGE_COLOURS: Record<Schema<"Stage">, string> = {
  prospect: "default",
  new: "blue",
  active: "green",
  loyal: "gold",
  marginal: "orange",
  dormant: "volcano",
  lost: "red",
};

const SORTS = ["last_visit", "spend", "name"] as const;

/** Whether the server has the members in this order beside what else is chosen. */
function carried(sort: (typeof SORTS)[number], search: Search): boolean {
  if (search.q || search.tag || search.home || search.birthday) return false;
  return sort !== "name" || !search.stage;
}

/** All members: found by one text, or listed by filters. */
export function MemberList() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const options = useOptions();
  const storeName = useStoreName();
  const stores = useStores();
  const tags = useTags();
  const [search] = useUrl();
  const { store } = search;
  const mayWrite = useMay("member:write");
  const columns: Column<Row>[] = [
    {
      key: "name",
      title: t("member.name"),
      render: (row) => (
        <Link to="/members/$id" params={{ id: row.id }}>
          {row.name ?? row.number}
        </Link>
      ),
      text: (row) => row.name ?? "",
    },
    { key: "phone", title: t("member.phone"), render: (row) => row.phone ?? "–" },
    { key: "number", title: t("member.number"), render: (row) => row.number },
    {
      key: "stage",
      title: t("member.stage"),
      render: (row) => <Tag>{label("stage", row.stage)}</Tag>,
      text: (row) => label("stage", row.stage),
    },
    { key: "orders", title: t("member.orders"), number: true, render: (row) => f.count(row.orders) },
    { key: "amount", title: t("member.amount"), number: true, render: (row) => f.money(row.amount) },
    { key: "last", title: t("member.last"), render: (row) => f.day(row.last_purchase_on) },
    { key: "store", title: t("member.store"), render: (row) => storeName(row.home_store) },
    { key: "kind", title: t("member.kind"), hidden: true, render: (row) => label("memberKind", row.kind) },
    { key: "state", title: t("member.state"), hidden: true, render: (row) => label("memberState", row.state) },
  ];
  return (
    <List<Row>
      id="members"
      title={t("page.members")}
      columns={columns}
      rowKey={(row) => row.id}
      depends={[store]}
      filters={[
        { key: "q", label: t("member.search") },
        { key: "stage", label: t("member.stage"), options: options("stage") },
        { key: "tag", label: t("member.tag"), options: tags.map((tag) => ({ value: tag.id, label: tag.name })) },
        {
          key: "home",
          label: t("member.store"),
          options: stores.map((one) => ({ value: one.id, label: one.name })),
        },
        { key: "birthday", label: t("member.birthdayOn"), hint: "08-15" },
        {
          key: "sort",
          label: t("member.sort.label"),
          none: t(search.q ? "member.sort.match" : "member.sort.newest"),
          options: SORTS.map((sort) => ({
            value: sort,
            label: `${t(`member.sort.${sort}`)}${carried(sort, search) ? "" : t(`member.sort.${sort === "name" ? "alone" : "byStage"}`)}`,
            disabled: !carried(sort, search),
          })),
        },
      ]}
      load={async (search, cursor, limit) => {
        const { data } = await api.GET("/api/v1/members", {
          params: {
            query: {
              q: search.q,
              stage: search.stage as Row["stage"] | undefined,
              tag: search.tag,
              store: search.home,
              birthday: search.birthday,
              sort: SORTS.find((sort) => sort === search.sort && carried(sort, search)),
              cursor,
              limit: search.q ? undefined : limit,
            },
          },
        });
        return data;
      }}
      actions={mayWrite && <NewMember />}
      empty={{ text: t("member.emptyText"), action: mayWrite && <NewMember /> }}
    />
  );
}

function NewMember() {
  const { t } = useTranslation(["app", "ui"]);
  const options = useOptions();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const [{ store }] = useUrl();
  const [open, setOpen] = useState(false);
  const [id] = useState(newId);
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t("member.add")}
      </Button>
      <FormDrawer<Partial<Schema<"EnrolRequest">>>
        id="member-new"
        title={t("member.add")}
        open={open}
        onClose={() => setOpen(false)}
        initial={{ phone: "", name: "", store: store ?? null }}
        sections={[
          {
            title: "",
            fields: [
              { at: "phone", kind: "text", label: t("member.phone") },
              { at: "name", kind: "text", label: t("member.name") },
              { at: "gender", kind: "choice", label: t("member.gender"), options: options("gender") },
              { at: "birthday", kind: "date", label: t("member.birthday") },
              { at: "birthday_lunar", kind: "switch", label: t("member.lunar") },
              { at: "store", kind: "ref", of: "store", label: t("member.store") },
              { at: "tags", kind: "ref", of: "tag", many: true, label: t("member.tag") },
              { at: "card_number", kind: "text", label: t("member.card.number") },
              { at: "note", kind: "area", label: t("member.note") },
              {
                at: "kind",
                kind: "choice",
                label: t("member.kind"),
                options: options("memberKind"),
              },
            ],
          },
        ]}
        save={async (value, key) => {
          const body = Object.fromEntries(Object.entries(value).filter(([, one]) => one !== "" && one != null));
          const { data } = await api.POST("/api/v1/members", {
            params: { header: once(key) },
            body: { id, ...body } as Schema<"EnrolRequest">,
          });
          refresh("members");
          if (data) await navigate({ to: "/members/$id", params: { id: data.id } });
        }}
      />
    </>
  );
}
