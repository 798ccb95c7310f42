import { api, newId, type Schema } from "@shuke/api";
import { MoneyInput, ProblemNotice } from "@shuke/ui/antd";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Case, Field, Part } from "../../parts/form/model";
import { useFormat } from "../../parts/format";
import { TabPage } from "../../parts/Parts";
import { useTiers } from "../../parts/refs";
import { SettingForm } from "../../parts/Section";
import { useTerms } from "../../parts/terms";
import { Kinds } from "./Kinds";

/** How points are earned, spent, and when they can be used. */
export function Points() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.points")}
      tabs={[
        { key: "earn", label: t("benefits.points.earn"), render: () => <Earn /> },
        { key: "spend", label: t("benefits.points.spend"), render: () => <Spend /> },
        { key: "terms", label: t("benefits.points.terms"), render: () => <Terms /> },
        { key: "kinds", label: t("benefits.points.otherKinds"), render: () => <OtherKinds /> },
      ]}
    />
  );
}

function useEarnCases(): Case[] {
  const { t } = useTranslation(["app", "ui"]);
  const points: Part = { at: "points", kind: "whole", required: true, label: t("benefits.points.points") };
  const kind = (value: "amount" | "visit" | "piece" | "multiplier", make: Record<string, unknown>, fields: Part[]) => ({
    value,
    label: t(`benefits.points.kinds.${value}`),
    make,
    fields,
  });
  return [
    kind("amount", { per: 100, points: 1 }, [
      { at: "per", kind: "money", required: true, label: t("benefits.points.per") },
      points,
    ]),
    kind("visit", { points: 10 }, [points]),
    kind("piece", { points: 1 }, [points]),
    kind("multiplier", { rate: 20_000 }, [
      { at: "rate", kind: "rate", required: true, label: t("benefits.points.rate") },
    ]),
  ];
}

function useExpiryCases(): Case[] {
  const { t } = useTranslation(["app", "ui"]);
  const months: Part = { at: "months", kind: "whole", required: true, label: t("benefits.points.months") };
  const ends = (["month", "quarter", "year"] as const).map((value) => ({
    value,
    label: t(`benefits.points.ends.${value}`),
  }));
  const activities = (["purchase", "redemption", "top_up", "check_in"] as const).map((value) => ({
    value,
    label: t(`benefits.points.activity.${value}`),
  }));
  return [
    { value: "never", label: t("benefits.points.never"), make: {} },
    { value: "months", label: t("benefits.points.months"), make: { months: 12 }, fields: [months] },
    {
      value: "rounded",
      label: t("benefits.points.rounded"),
      make: { months: 12, to: "month" },
      fields: [months, { at: "to", kind: "choice", required: true, label: t("benefits.points.to"), options: ends }],
    },
    {
      value: "year_end",
      label: t("benefits.points.yearEnd"),
      make: { years: 1 },
      fields: [{ at: "years", kind: "whole", required: true, label: t("benefits.points.years") }],
    },
    {
      value: "dates",
      label: t("benefits.points.dates"),
      make: { dates: [{ month: 12, day: 31 }], months_min: 0 },
      fields: [
        {
          at: "dates",
          kind: "list",
          label: t("benefits.points.dateList"),
          add: t("benefits.points.addDate"),
          make: () => ({ month: 12, day: 31 }),
          fields: [
            { at: "month", kind: "whole", required: true, label: t("benefits.points.month") },
            { at: "day", kind: "whole", required: true, label: t("benefits.points.day") },
          ],
        },
        { at: "months_min", kind: "whole", label: t("benefits.points.monthsMin") },
      ],
    },
    {
      value: "inactivity",
      label: t("benefits.points.inactivity"),
      make: { months: 12, activities: ["purchase"] },
      fields: [
        months,
        { at: "activities", kind: "choices", label: t("benefits.points.activities"), options: activities },
      ],
    },
  ];
}

/** The fields of one earn rule. */
function useRuleFields(): Part[] {
  const { t } = useTranslation(["app", "ui"]);
  const terms = useTerms();
  const cases = useEarnCases();
  return [
    { at: "name", kind: "text", required: true, label: t("form.name") },
    { at: "kind", kind: "oneOf", tag: "kind", label: t("benefits.points.kind"), cases },
    terms.scope(),
    terms.tiers,
    terms.stores,
    terms.channels,
    terms.from,
    terms.to,
  ];
}

function OtherKinds() {
  return (
    <Kinds rules={useRuleFields()} expiry={useExpiryCases()} spending={[useSpending()]} transfer={[useTransfer()]} />
  );
}

function Earn() {
  const { t } = useTranslation(["app", "ui"]);
  const rule = useRuleFields();
  const expiry = useExpiryCases();
  return (
    <div className="stack">
      <SettingForm<Schema<"EarnPolicy">>
        name="earn"
        permission="loyalty:configure"
        read={() => api.GET("/api/v1/settings/earn")}
        write={(body) => api.PUT("/api/v1/settings/earn", { body })}
        aside={(value) => <Example policy={value} />}
        sections={[
          {
            title: t("benefits.points.rules"),
            fields: [
              {
                at: "rules",
                kind: "list",
                label: t("benefits.points.rules"),
                add: t("benefits.points.addRule"),
                make: () => ({ id: newId(), name: "", kind: { kind: "amount", per: 100, points: 1 }, scope: {} }),
                fields: rule,
              },
              { at: "principal_earns", kind: "switch", label: t("benefits.points.principalEarns") },
            ],
          },
          {
            title: t("benefits.points.expiry"),
            fields: [{ at: "expiry", kind: "oneOf", tag: "kind", label: t("benefits.points.expiry"), cases: expiry }],
          },
        ]}
      />
      <SettingForm<Schema<"PassEarnPolicy">>
        name="pass-earn"
        permission="loyalty:configure"
        read={() => api.GET("/api/v1/settings/pass-earn")}
        write={(body) => api.PUT("/api/v1/settings/pass-earn", { body })}
        sections={[
          {
            title: t("benefits.points.passes"),
            fields: [
              {
                at: "points",
                kind: "switch",
                label: t("benefits.points.passEarns"),
                help: t("benefits.points.passEarnsHelp"),
              },
            ],
          },
        ]}
      />
    </div>
  );
}

/** What a purchase of an amount by a member of a tier would earn by the rules as they stand in the form. */
function Example({ policy }: { policy: Schema<"EarnPolicy"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const id = useId();
  const tiers = useTiers();
  const [amount, setAmount] = useState<number | null>(20_000);
  const [tier, setTier] = useState("");
  const asked = useDeferredValue(JSON.stringify({ amount, tier: tier || null, policy }));
  const example = useQuery({
    queryKey: ["points-example", asked],
    enabled: Boolean(amount),
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: async () =>
      (await api.POST("/api/v1/points/example", { body: JSON.parse(asked) as Schema<"Purchase"> })).data as
        | Schema<"Example">
        | undefined,
  });
  const earned = example.data?.earned;
  return (
    <section className="form-section narrow" aria-label={t("benefits.points.example")}>
      <h2>{t("benefits.points.example")}</h2>
      <label htmlFor={`${id}-amount`}>{t("benefits.points.exampleAmount")}</label>
      <MoneyInput id={`${id}-amount`} currency={f.currency} value={amount} onChange={setAmount} />
      <label htmlFor={`${id}-tier`}>{t("benefits.points.exampleTier")}</label>
      <p>
        <select id={`${id}-tier`} value={tier} onChange={(event) => setTier(event.target.value)}>
          <option value="">{t("benefits.points.exampleNone")}</option>
          {tiers.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      </p>
      <ProblemNotice error={example.error} />
      {earned && !example.error && (
        <div role="status">
          <p>
            {t("benefits.points.exampleText", {
              amount: f.money(amount),
              tier: tiers.find((one) => one.id === tier)?.name ?? t("benefits.points.exampleNone"),
            })}
          </p>
          <div className="figures">
            <div>
              <b>
                {f.count(earned.points)} {t("member.points")}
              </b>
              {earned.expires_on && (
                <small>{t("benefits.points.exampleExpires", { on: f.day(earned.expires_on) })}</small>
              )}
            </div>
          </div>
          <ul>
            {earned.steps.map((step) => (
              <li key={step.rule}>
                {step.name}: {f.count(step.points)} {step.multiplier !== 10_000 && `(${f.rate(step.multiplier)})`}
              </li>
            ))}
          </ul>
          {example.data?.worth != null && (
            <p className="help">{t("benefits.points.exampleWorth", { money: f.money(example.data.worth) })}</p>
          )}
        </div>
      )}
    </section>
  );
}

/** How points pay as money. */
function useSpending(): Part {
  const { t } = useTranslation(["app", "ui"]);
  const terms = useTerms();
  return {
    at: "spending",
    kind: "group",
    label: t("benefits.points.enabled"),
    optional: { step_points: 100, step_money: 100, min: 0, share_max: 10_000, scope: {} },
    fields: [
      { at: "step_points", kind: "whole", required: true, label: t("benefits.points.step") },
      { at: "step_money", kind: "money", required: true, label: t("benefits.points.stepMoney") },
      { at: "min", kind: "whole", label: t("benefits.points.min") },
      { at: "points_max", kind: "whole", label: t("benefits.points.max") },
      { at: "share_max", kind: "rate", label: t("benefits.points.share") },
      terms.scope(),
    ],
  };
}

/** How members give points to each other. */
function useTransfer(): Part {
  const { t } = useTranslation(["app", "ui"]);
  return {
    at: "transfer",
    kind: "group",
    label: t("benefits.points.transfer"),
    optional: { fee: 0, min: 1, max: null, limits: [] },
    fields: [
      { at: "fee", kind: "rate", label: t("benefits.points.transferFee") },
      { at: "min", kind: "whole", label: t("benefits.points.transferMin") },
      { at: "max", kind: "whole", label: t("benefits.points.transferMax") },
    ],
  };
}

function Spend() {
  const { t } = useTranslation(["app", "ui"]);
  const spending = useSpending() as Field<Schema<"SpendingPolicy">>;
  return (
    <SettingForm<Schema<"SpendingPolicy">>
      name="points"
      permission="loyalty:configure"
      read={() => api.GET("/api/v1/settings/points")}
      write={(body) => api.PUT("/api/v1/settings/points", { body })}
      sections={[
        {
          title: t("benefits.points.spend"),
          fields: [spending],
        },
      ]}
    />
  );
}

function Terms() {
  const { t } = useTranslation(["app", "ui"]);
  const terms = useTerms();
  const transfer = useTransfer() as Field<Schema<"PointsTerms">>;
  const limit = (max: string): Part[] => [
    { at: "max", kind: "whole", required: true, label: max },
    {
      at: "period",
      kind: "choice",
      required: true,
      label: t("benefits.points.period"),
      options: terms.periods("day", "week", "month", "year", "ever"),
    },
  ];
  return (
    <SettingForm<Schema<"PointsTerms">>
      name="points-terms"
      permission="loyalty:configure"
      read={() => api.GET("/api/v1/settings/points-terms")}
      write={(body) => api.PUT("/api/v1/settings/points-terms", { body })}
      sections={[
        {
          title: t("benefits.points.terms"),
          fields: [
            {
              at: "pending",
              kind: "oneOf",
              tag: "kind",
              label: t("benefits.points.pending"),
              cases: [
                { value: "none", label: t("benefits.points.pendingKinds.none"), make: {} },
                {
                  value: "days",
                  label: t("benefits.points.pendingKinds.days"),
                  make: { days: 7 },
                  fields: [{ at: "days", kind: "whole", required: true, label: t("benefits.points.pendingDays") }],
                },
                {
                  value: "until",
                  label: t("benefits.points.pendingKinds.until"),
                  make: { date: null },
                  fields: [{ at: "date", kind: "date", required: true, label: t("benefits.points.pendingDate") }],
                },
                {
                  value: "confirmed",
                  label: t("benefits.points.pendingKinds.confirmed"),
                  make: { days_max: null },
                  fields: [{ at: "days_max", kind: "whole", label: t("benefits.points.pendingMax") }],
                },
              ],
            },
            {
              at: "caps",
              kind: "list",
              label: t("benefits.points.caps"),
              add: t("benefits.points.addCap"),
              make: () => ({ max: null, period: "day" }),
              fields: [
                { at: "max", kind: "whole", required: true, label: t("benefits.points.capMax") },
                {
                  at: "period",
                  kind: "choice",
                  required: true,
                  label: t("benefits.points.period"),
                  options: terms.periods("order", "day", "month", "year"),
                },
              ],
            },
            {
              at: "spend_limits",
              kind: "list",
              label: t("benefits.points.spendLimits"),
              add: t("benefits.points.addCap"),
              make: () => ({ max: null, period: "day" }),
              fields: limit(t("benefits.points.limitMax")),
            },
            transfer,
          ],
        },
      ]}
    />
  );
}
