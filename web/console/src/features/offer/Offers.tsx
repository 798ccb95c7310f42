import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat, useLabel, useOptions } from "../../parts/format";
import { List } from "../../parts/List";
import { OfferForm } from "./OfferForm";
import { useSays } from "./rule";

type Row = Schema<"OfferView">;

/** All offers, newest first. */
export function Offers() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const options = useOptions();
  const says = useSays();
  const may = useMay("offer:write");
  const add = may && (
    <Link to="/benefits/offers/$id" params={{ id: "new" }}>
      <Button type="primary" tabIndex={-1}>
        {t("benefits.offer.add")}
      </Button>
    </Link>
  );
  return (
    <List<Row>
      id="offers"
      title={t("page.offers")}
      rowKey={(row) => row.offer.id}
      filters={[{ key: "state", label: t("form.state"), options: options("publishState") }]}
      columns={[
        {
          key: "name",
          title: t("form.name"),
          render: (row) => (
            <Link to="/benefits/offers/$id" params={{ id: row.offer.id }}>
              {row.offer.name}
            </Link>
          ),
          text: (row) => row.offer.name,
        },
        {
          key: "state",
          title: t("form.state"),
          render: (row) => (
            <Tag color={row.state === "published" ? "green" : undefined}>{label("publishState", row.state)}</Tag>
          ),
          text: (row) => label("publishState", row.state),
        },
        { key: "rule", title: t("benefits.offer.what"), render: (row) => says(row.offer.rule) },
        { key: "from", title: t("benefits.from"), render: (row) => f.day(row.offer.from) },
        { key: "to", title: t("benefits.to"), render: (row) => f.day(row.offer.to) },
        {
          key: "used",
          title: t("benefits.offer.limits"),
          render: (row) => t("benefits.offer.used", { money: f.money(row.used.money), n: row.used.count }),
        },
        { key: "changed", title: t("benefits.changed"), hidden: true, render: (row) => f.moment(row.changed_at) },
      ]}
      load={async (search, cursor, limit) =>
        (
          await api.GET("/api/v1/offers", {
            params: { query: { state: search.state as Schema<"OfferState">, cursor, limit } },
          })
        ).data
      }
      actions={add}
      empty={{ text: t("benefits.offer.empty"), action: add }}
    />
  );
}

/** A new offer. */
export function NewOffer() {
  const { t } = useTranslation(["app", "ui"]);
  const navigate = useNavigate();
  return (
    <OfferForm
      id="new"
      title={t("benefits.offer.add")}
      offer={
        {
          id: newId(),
          name: "",
          rule: { kind: "ladder", steps: [{ threshold: 30_000, off: 3_000 }] },
        } as unknown as Schema<"Offer">
      }
      save={async (offer, key) => {
        const { data } = await api.POST("/api/v1/offers", {
          params: { header: once(key) },
          body: { offer, state: "draft" } as Schema<"OfferDraft">,
        });
        if (data) await navigate({ to: "/benefits/offers/$id", params: { id: data.offer.id } });
      }}
    />
  );
}
