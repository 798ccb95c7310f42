import { api, type Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import { TabPage } from "../../parts/Parts";
import { SettingForm } from "../../parts/Section";
import { MoneyRules } from "./Money";

/** How the shop works: one form for each part of the settings. */
export function Rules() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.rules")}
      tabs={[
        { key: "checkout", label: t("settings.rules.checkout"), render: () => <MoneyRules part="checkout" /> },
        { key: "approval", label: t("settings.rules.approval"), render: () => <Approval /> },
        { key: "shift", label: t("settings.rules.shift"), render: () => <MoneyRules part="shift" /> },
        { key: "refund", label: t("settings.rules.refund"), render: () => <MoneyRules part="refund" /> },
        { key: "wallet", label: t("settings.rules.wallet"), render: () => <MoneyRules part="wallet" /> },
        { key: "receipt", label: t("settings.rules.receipt"), render: () => <Receipt /> },
        { key: "tax", label: t("settings.rules.tax"), render: () => <MoneyRules part="tax" /> },
        { key: "stage", label: t("settings.rules.stage"), render: () => <Stages /> },
        { key: "member", label: t("settings.rules.member"), render: () => <MemberRules /> },
        { key: "relationship", label: t("settings.rules.relationship"), render: () => <Relationship /> },
      ]}
    />
  );
}

function Approval() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <SettingForm<Schema<"ApprovalPolicy">>
      name="approval"
      read={() => api.GET("/api/v1/settings/approval")}
      write={(body) => api.PUT("/api/v1/settings/approval", { body })}
      sections={[
        {
          title: t("settings.rules.approval"),
          help: t("settings.rules.approvalHelp"),
          fields: [
            { at: "adjustment_limit", kind: "money", label: t("settings.rules.adjustmentLimit") },
            { at: "points_adjustment_limit", kind: "whole", label: t("settings.rules.pointsLimit") },
            { at: "refund_limit", kind: "money", label: t("settings.rules.refundLimit") },
            { at: "top_up_refund_limit", kind: "money", label: t("settings.rules.topUpRefundLimit") },
            { at: "valid_minutes", kind: "whole", label: t("settings.rules.validMinutes") },
          ],
        },
      ]}
    />
  );
}

function Receipt() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <SettingForm<Schema<"ReceiptPolicy">>
      name="receipt"
      read={() => api.GET("/api/v1/settings/receipt")}
      write={(body) => api.PUT("/api/v1/settings/receipt", { body })}
      sections={[
        {
          title: t("settings.rules.receipt"),
          fields: [
            { at: "header", kind: "lines", label: t("settings.rules.header") },
            { at: "footer", kind: "lines", label: t("settings.rules.footer") },
            {
              at: "care",
              kind: "list",
              label: t("settings.rules.care"),
              add: t("settings.rules.careAdd"),
              make: () => ({ text: "", categories: [], products: [] }),
              fields: [
                { at: "text", kind: "text", required: true, label: t("settings.rules.careText") },
                { at: "categories", kind: "ref", of: "category", many: true, label: t("benefits.scope.categories") },
                { at: "products", kind: "ref", of: "product", many: true, label: t("benefits.scope.products") },
              ],
            },
          ],
        },
      ]}
    />
  );
}

function Stages() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <SettingForm<Schema<"StageBands">>
      name="stage"
      permission="member:configure"
      read={() => api.GET("/api/v1/settings/stage")}
      write={(body) => api.PUT("/api/v1/settings/stage", { body })}
      sections={[
        {
          title: t("settings.rules.stage"),
          help: t("settings.rules.stageHelp"),
          fields: [
            { at: "new_days", kind: "whole", label: t("settings.rules.newDays") },
            { at: "active_months", kind: "whole", label: t("settings.rules.active") },
            { at: "marginal_months", kind: "whole", label: t("settings.rules.marginal") },
            { at: "dormant_months", kind: "whole", label: t("settings.rules.dormant") },
            { at: "loyal_purchases", kind: "whole", label: t("settings.rules.loyalPurchases") },
            { at: "loyal_months", kind: "whole", label: t("settings.rules.loyalMonths") },
          ],
        },
      ]}
    />
  );
}

function MemberRules() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <div className="stack">
      <SettingForm<Schema<"MemberSettings">>
        name="member"
        permission="member:configure"
        read={() => api.GET("/api/v1/settings/member")}
        write={(body) => api.PUT("/api/v1/settings/member", { body })}
        sections={[
          {
            title: t("settings.rules.member"),
            fields: [
              { at: "country", kind: "text", label: t("settings.rules.country") },
              { at: "birthday_edits_max", kind: "whole", label: t("settings.rules.birthdayEdits") },
              { at: "merge_undo_days", kind: "whole", label: t("settings.rules.mergeDays") },
              { at: "cards_from_stock", kind: "switch", label: t("settings.rules.cardsFromStock") },
            ],
          },
        ]}
      />
      <SettingForm<Schema<"CardPolicy">>
        name="card"
        read={() => api.GET("/api/v1/settings/card")}
        write={(body) => api.PUT("/api/v1/settings/card", { body })}
        sections={[
          {
            title: t("running.card.title"),
            fields: [{ at: "join", kind: "switch", label: t("running.card.join"), help: t("running.card.joinHelp") }],
          },
        ]}
      />
    </div>
  );
}

function Relationship() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <SettingForm<Schema<"RelationshipPolicy">>
      name="relationship"
      permission="member:configure"
      read={() => api.GET("/api/v1/settings/relationship")}
      write={(body) => api.PUT("/api/v1/settings/relationship", { body })}
      sections={[
        {
          title: t("settings.rules.relationship"),
          fields: [
            {
              at: "grades",
              kind: "list",
              label: t("settings.rules.grades"),
              add: t("settings.rules.gradeAdd"),
              make: () => ({ name: "", orders_min: 0, interactions_min: 0, days_min: 0 }),
              fields: [
                { at: "name", kind: "text", required: true, label: t("form.name") },
                { at: "orders_min", kind: "whole", label: t("settings.rules.ordersMin") },
                { at: "interactions_min", kind: "whole", label: t("settings.rules.interactionsMin") },
                { at: "days_min", kind: "whole", label: t("settings.rules.daysMin") },
              ],
            },
          ],
        },
      ]}
    />
  );
}
