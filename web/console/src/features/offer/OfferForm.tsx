import { api, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { type ReactNode, useDeferredValue } from "react";
import { useTranslation } from "react-i18next";
import { Example } from "../../parts/Example";
import { Form } from "../../parts/form/Form";
import type { Field, Section } from "../../parts/form/model";
import { useLabel } from "../../parts/format";
import { useTerms } from "../../parts/terms";
import { useCases, useSays } from "./rule";

type Offer = Schema<"Offer">;

/** The terms of an offer in sections; beside them what it says in plain words, and what stands against it. */
export function OfferForm({
  id,
  title,
  offer,
  save,
  actions,
  saved,
}: {
  id: string;
  title: string;
  offer: Offer;
  save: (offer: Offer, key: string) => Promise<unknown>;
  actions?: (offer: Offer) => ReactNode;
  saved?: () => void;
}) {
  const may = useMay("offer:write");
  const sections = useSections();
  return (
    <Form<Offer>
      id={`offer-${id}`}
      title={title}
      base="/offer"
      readOnly={!may}
      initial={offer}
      sections={sections}
      save={(value, key) => save(value, key)}
      saved={saved}
      actions={actions}
      aside={(value) => (
        <>
          <Aside offer={value} />
          <Example rule={{ kind: "offer", offer: value }} ready={Boolean(value.name)} />
        </>
      )}
    />
  );
}

function useSections(): Section<Offer>[] {
  const { t } = useTranslation(["app", "ui"]);
  const terms = useTerms();
  const cases = useCases();
  const when: Field<Offer>[] = [
    terms.from as Field<Offer>,
    terms.to as Field<Offer>,
    { at: "hours.from_minute", kind: "minutes", label: t("benefits.offer.fromMinute") },
    { at: "hours.to_minute", kind: "minutes", label: t("benefits.offer.toMinute") },
    { ...terms.weekdays, at: "hours.weekdays" } as Field<Offer>,
    {
      at: "days_of_month",
      kind: "choices",
      label: t("benefits.offer.daysOfMonth"),
      options: Array.from({ length: 31 }, (_, day) => ({ value: day + 1, label: String(day + 1) })),
    },
  ];
  return [
    {
      title: t("benefits.offer.what"),
      fields: [
        { at: "name", kind: "text", required: true, label: t("form.name") },
        { at: "rule", kind: "oneOf", tag: "kind", label: t("benefits.offer.rule"), cases },
        terms.scope() as Field<Offer>,
      ],
    },
    { title: t("benefits.offer.when"), fields: when },
    {
      title: t("benefits.offer.who"),
      fields: [
        { at: "members_only", kind: "switch", label: t("benefits.offer.membersOnly") },
        { at: "first_purchase", kind: "switch", label: t("benefits.offer.firstPurchase") },
        terms.tiers as Field<Offer>,
        { at: "tags", kind: "ref", of: "tag", many: true, label: t("benefits.tags") },
        terms.stores as Field<Offer>,
        terms.channels as Field<Offer>,
        {
          at: "birthday",
          kind: "group",
          label: t("benefits.offer.birthday"),
          optional: { days_before: 7, days_after: 7, whole_month: false, once: true },
          fields: [
            { at: "whole_month", kind: "switch", label: t("benefits.offer.wholeMonth") },
            { at: "days_before", kind: "whole", label: t("benefits.offer.daysBefore") },
            { at: "days_after", kind: "whole", label: t("benefits.offer.daysAfter") },
            { at: "once", kind: "switch", label: t("benefits.offer.once") },
          ],
        },
      ],
    },
    {
      title: t("benefits.offer.limits"),
      fields: [
        { at: "budget.money", kind: "money", label: t("benefits.offer.budgetMoney") },
        { at: "budget.count", kind: "whole", label: t("benefits.offer.budgetCount") },
        {
          at: "per_member",
          kind: "group",
          label: t("benefits.offer.perMember"),
          optional: { max: 1, period: "day" },
          fields: [
            { at: "max", kind: "whole", required: true, label: t("benefits.offer.max") },
            {
              at: "period",
              kind: "choice",
              required: true,
              label: t("benefits.offer.per"),
              options: terms.periods("day", "week", "month", "year", "ever"),
            },
          ],
        },
      ],
    },
    {
      title: t("benefits.offer.beside"),
      fields: [
        { at: "priority", kind: "whole", label: t("benefits.offer.priority") },
        { at: "exclusive_group", kind: "text", label: t("benefits.offer.group") },
        { at: "combines_with_member_price", kind: "switch", label: t("benefits.offer.withMember") },
        { at: "combines_with_offers", kind: "switch", label: t("benefits.offer.withOffers") },
      ],
    },
  ];
}

function Aside({ offer }: { offer: Offer }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const says = useSays();
  const asked = useDeferredValue(offer);
  const check = useQuery({
    queryKey: ["offer-check", JSON.stringify(asked)],
    enabled: Boolean(asked.name),
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: async () => (await api.POST("/api/v1/offers/check", { body: asked })).data ?? [],
  });
  return (
    <section className="form-section" aria-label={t("benefits.offer.says")}>
      <h2>{t("benefits.offer.says")}</h2>
      <p>{says(offer.rule)}</p>
      <h2>{t("benefits.offer.check")}</h2>
      <ProblemNotice error={check.error} />
      {check.data?.length === 0 && <p className="help">{t("benefits.offer.checkFine")}</p>}
      <div className="stack">
        {(check.data ?? []).map((one) => (
          <Alert
            key={`${one.clash.code}${one.offer}`}
            type={one.level === "note" ? "info" : one.level === "conflict" ? "warning" : "error"}
            title={`${label("clashLevel", one.level)}${one.name ? ` · ${one.name}` : ""}`}
            description={label("clash", one.clash.code)}
          />
        ))}
      </div>
    </section>
  );
}
