import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Example } from "../../parts/Example";
import { FormDrawer } from "../../parts/FormDrawer";
import type { Part } from "../../parts/form/model";
import { useFormat, useLabel } from "../../parts/format";
import { TabPage, useRefresh } from "../../parts/Parts";
import { Rows } from "../../parts/Rows";
import { useTierName } from "../../parts/refs";
import { SettingForm } from "../../parts/Section";
import { useTerms } from "../../parts/terms";

/** Tiers that are earned, and memberships that are bought. */
export function Tiers() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.tiers")}
      tabs={[
        { key: "tiers", label: t("benefits.tier.title"), render: () => <Scheme /> },
        { key: "plans", label: t("benefits.tier.plans"), render: () => <Plans /> },
      ]}
    />
  );
}

function useTierFields(): Part[] {
  const { t } = useTranslation(["app", "ui"]);
  const terms = useTerms();
  return [
    { at: "name", kind: "text", required: true, label: t("form.name") },
    { at: "amount", kind: "money", label: t("benefits.tier.amount") },
    { at: "count", kind: "whole", label: t("benefits.tier.count") },
    { at: "growth", kind: "whole", label: t("benefits.tier.growth") },
    { at: "benefits.discount", kind: "rate", label: t("benefits.tier.discount") },
    { at: "benefits.points_multiplier", kind: "rate", label: t("benefits.tier.multiplier") },
    { ...terms.scope(), at: "benefits.scope" },
    { at: "privileges", kind: "words", label: t("benefits.tier.privileges") },
    { at: "gift.points", kind: "whole", label: t("benefits.tier.gift") },
    { at: "gift.coupons", kind: "ref", of: "template", many: true, label: t("benefits.tier.giftCoupons") },
    { at: "paid_only", kind: "switch", label: t("benefits.tier.paidOnly") },
  ];
}

/** Each tier in a sentence, as it would be told to a member. */
function Says({ scheme }: { scheme: Schema<"TierScheme"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const within = scheme.window_months
    ? t("benefits.tier.said.within", { n: f.count(scheme.window_months) })
    : t("benefits.tier.said.ever");
  const reached = (tier: Schema<"Tier">) => {
    if (tier.paid_only) return t("benefits.tier.said.paid");
    const asked = [
      tier.amount != null && t("benefits.tier.said.amount", { money: f.money(tier.amount) }),
      tier.count != null && t("benefits.tier.said.count", { n: f.count(tier.count) }),
      tier.growth != null && t("benefits.tier.said.growth", { n: f.count(tier.growth) }),
    ].filter((one): one is string => Boolean(one));
    if (asked.length === 0) return t("benefits.tier.said.everybody");
    return within + asked.join(scheme.qualify_by === "all" ? t("benefits.tier.said.and") : t("benefits.tier.said.or"));
  };
  const gets = ({ benefits }: Schema<"Tier">) =>
    [
      (benefits?.discount ?? 10_000) < 10_000 && t("benefits.tier.said.pays", { rate: f.rate(benefits?.discount) }),
      (benefits?.points_multiplier ?? 10_000) !== 10_000 &&
        t("benefits.tier.said.points", { rate: f.rate(benefits?.points_multiplier) }),
    ].filter((one): one is string => Boolean(one));
  return (
    <section className="form-section" aria-label={t("benefits.tier.says")}>
      <h2>{t("benefits.tier.says")}</h2>
      {scheme.tiers.map((tier) => (
        <p key={tier.id}>
          <b>{tier.name || "…"}</b>{" "}
          {[reached(tier), ...gets(tier), ...(tier.privileges ?? [])].join(t("benefits.tier.said.comma"))}
        </p>
      ))}
    </section>
  );
}

function Scheme() {
  const { t } = useTranslation(["app", "ui"]);
  const fields = useTierFields();
  return (
    <SettingForm<Schema<"TierScheme">>
      name="tiers"
      permission="loyalty:configure"
      read={() => api.GET("/api/v1/settings/tiers")}
      write={(body) => api.PUT("/api/v1/settings/tiers", { body })}
      aside={(value) => (
        <>
          <Says scheme={value} />
          <Example
            rule={{ kind: "tier", scheme: value }}
            tiers={value.tiers}
            ready={value.tiers.length > 0 && value.tiers.every((tier) => tier.name)}
          />
        </>
      )}
      sections={[
        {
          title: t("benefits.tier.list"),
          help: t("benefits.tier.empty"),
          fields: [
            {
              at: "tiers",
              kind: "list",
              label: t("benefits.tier.list"),
              add: t("benefits.tier.add"),
              make: () => ({
                id: newId(),
                name: "",
                amount: null,
                benefits: { discount: 10_000, points_multiplier: 10_000, scope: {} },
              }),
              fields,
            },
          ],
        },
        {
          title: t("benefits.tier.by"),
          fields: [
            {
              at: "qualify_by",
              kind: "choice",
              required: true,
              label: t("benefits.tier.by"),
              options: [
                { value: "any", label: t("benefits.tier.any") },
                { value: "all", label: t("benefits.tier.all") },
              ],
            },
            { at: "window_months", kind: "whole", label: t("benefits.tier.window") },
            { at: "validity_months", kind: "whole", label: t("benefits.tier.validity") },
            { at: "grace_days", kind: "whole", label: t("benefits.tier.grace") },
            { at: "warn_days", kind: "whole", label: t("benefits.tier.warn") },
            {
              at: "growth",
              kind: "group",
              label: t("benefits.tier.growthRate"),
              optional: { per: 100, points: 1, per_order: 0 },
              fields: [
                { at: "per", kind: "money", label: t("benefits.tier.growthPer") },
                { at: "points", kind: "whole", label: t("benefits.tier.growthPoints") },
                { at: "per_order", kind: "whole", label: t("benefits.tier.growthOrder") },
              ],
            },
          ],
        },
      ]}
    />
  );
}

type PlanView = Schema<"MembershipPlanView">;

function Plans() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const tierName = useTierName();
  const may = useMay("loyalty:configure");
  const plans = useQuery({
    queryKey: ["membership-plans"],
    queryFn: async () => (await api.GET("/api/v1/membership-plans")).data ?? [],
  });
  return (
    <Rows<PlanView>
      title={t("benefits.tier.plans")}
      query={plans}
      rowKey={(row) => row.plan.id}
      may={may}
      add={t("benefits.tier.planAdd")}
      empty={t("benefits.tier.planEmpty")}
      columns={[
        { key: "name", title: t("form.name"), render: (row) => row.plan.name },
        { key: "state", title: t("form.state"), render: (row) => label("publishState", row.state) },
        { key: "tier", title: t("benefits.tier.planTier"), render: (row) => tierName(row.plan.tier) },
        { key: "price", title: t("benefits.tier.price"), number: true, render: (row) => f.money(row.plan.price) },
        {
          key: "term",
          title: t("benefits.tier.term"),
          render: (row) =>
            row.plan.term.kind === "days"
              ? `${row.plan.term.days} ${t("benefits.tier.days")}`
              : `${row.plan.term.months} ${t("benefits.tier.months")}`,
        },
      ]}
      drawer={(row, close) => <PlanDrawer view={row} onClose={close} />}
    />
  );
}

function PlanDrawer({ view, onClose }: { view: PlanView | undefined; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const refresh = useRefresh();
  return (
    <FormDrawer<PlanView>
      id={`membership-plan-${view?.plan.id ?? "new"}`}
      title={view?.plan.name ?? t("benefits.tier.planAdd")}
      open
      onClose={onClose}
      base={view ? "" : "/plan"}
      initial={
        view ?? {
          plan: {
            id: newId(),
            name: "",
            price: null as unknown as number,
            term: { kind: "months", months: 12 },
            tier: "",
            gift: { points: 0, coupons: [] },
          },
          state: "published",
        }
      }
      sections={[
        {
          title: "",
          fields: [
            { at: "plan.name", kind: "text", required: true, label: t("form.name") },
            { at: "plan.tier", kind: "ref", of: "tier", required: true, label: t("benefits.tier.planTier") },
            { at: "plan.price", kind: "money", required: true, label: t("benefits.tier.price") },
            {
              at: "plan.term",
              kind: "oneOf",
              tag: "kind",
              label: t("benefits.tier.term"),
              cases: [
                {
                  value: "months",
                  label: t("benefits.tier.months"),
                  make: { months: 12 },
                  fields: [{ at: "months", kind: "whole", required: true, label: t("benefits.tier.term") }],
                },
                {
                  value: "days",
                  label: t("benefits.tier.days"),
                  make: { days: 30 },
                  fields: [{ at: "days", kind: "whole", required: true, label: t("benefits.tier.term") }],
                },
              ],
            },
            { at: "plan.trial_days", kind: "whole", label: t("benefits.tier.trialDays") },
            { at: "plan.remind_days", kind: "whole", label: t("benefits.tier.remind") },
            { at: "plan.gift.points", kind: "whole", label: t("benefits.tier.gift") },
            { at: "plan.gift.coupons", kind: "ref", of: "template", many: true, label: t("benefits.tier.giftCoupons") },
            {
              at: "state",
              kind: "choice",
              required: true,
              label: t("form.state"),
              options: (["published", "stopped"] as const).map((value) => ({
                value,
                label: label("publishState", value),
              })),
              when: () => Boolean(view),
            },
          ],
        },
      ]}
      save={(value, key) =>
        view
          ? api.PUT("/api/v1/membership-plans/{id}", { params: { path: { id: view.plan.id } }, body: value })
          : api.POST("/api/v1/membership-plans", { params: { header: once(key) }, body: value.plan })
      }
      saved={() => refresh("membership-plans")}
    />
  );
}
