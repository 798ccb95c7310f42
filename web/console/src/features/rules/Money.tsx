import { api, type Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import { SettingForm } from "../../parts/Section";

type Part = "checkout" | "shift" | "refund" | "wallet" | "tax";

/** Settings about money: checkout, shifts, refunds, wallet, tax. */
export function MoneyRules({ part }: { part: Part }) {
  switch (part) {
    case "checkout":
      return <Checkout />;
    case "shift":
      return <Shift />;
    case "refund":
      return <Refund />;
    case "wallet":
      return <Wallet />;
    case "tax":
      return <Tax />;
  }
}

function Checkout() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <div className="stack">
      <SettingForm<Schema<"CheckoutPolicy">>
        name="checkout"
        read={() => api.GET("/api/v1/settings/checkout")}
        write={(body) => api.PUT("/api/v1/settings/checkout", { body })}
        sections={[
          {
            title: t("settings.rules.checkout"),
            fields: [
              {
                at: "rounding",
                kind: "choice",
                required: true,
                label: t("settings.rules.rounding"),
                options: (["none", "jiao", "yuan"] as const).map((value) => ({
                  value,
                  label: t(`settings.rules.roundings.${value}`),
                })),
              },
              { at: "coupons_max", kind: "whole", label: t("settings.rules.couponsMax") },
            ],
          },
        ]}
      />
      <SettingForm<Schema<"ClaimPolicy">>
        name="claim"
        read={() => api.GET("/api/v1/settings/claim")}
        write={(body) => api.PUT("/api/v1/settings/claim", { body })}
        sections={[{ title: "", fields: [{ at: "days", kind: "whole", label: t("settings.rules.claimDays") }] }]}
      />
      <SettingForm<Schema<"IdentityPolicy">>
        name="identity"
        read={() => api.GET("/api/v1/settings/identity")}
        write={(body) => api.PUT("/api/v1/settings/identity", { body })}
        sections={[
          {
            title: t("settings.rules.identity"),
            fields: [
              { at: "wallet_above", kind: "money", label: t("settings.rules.identityWallet") },
              { at: "points_above", kind: "whole", label: t("settings.rules.identityPoints") },
            ],
          },
          {
            title: t("settings.rules.passedAround"),
            fields: [
              { at: "orders_day_max", kind: "whole", required: true, label: t("settings.rules.ordersDayMax") },
              { at: "apart_minutes", kind: "whole", required: true, label: t("settings.rules.apartMinutes") },
            ],
          },
        ]}
      />
    </div>
  );
}

function Shift() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <SettingForm<Schema<"ShiftPolicy">>
      name="shift"
      read={() => api.GET("/api/v1/settings/shift")}
      write={(body) => api.PUT("/api/v1/settings/shift", { body })}
      sections={[
        {
          title: t("settings.rules.shift"),
          fields: [
            {
              at: "mode",
              kind: "choice",
              required: true,
              label: t("settings.rules.shiftMode"),
              options: (["off", "optional", "required"] as const).map((value) => ({
                value,
                label: t(`settings.rules.shiftModes.${value}`),
              })),
            },
            { at: "blind", kind: "switch", label: t("settings.rules.blind") },
          ],
        },
      ]}
    />
  );
}

function Refund() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <SettingForm<Schema<"RefundPolicy">>
      name="refund"
      read={() => api.GET("/api/v1/settings/refund")}
      write={(body) => api.PUT("/api/v1/settings/refund", { body })}
      sections={[
        {
          title: t("settings.rules.refund"),
          fields: [
            { at: "forgive_points", kind: "switch", label: t("settings.rules.forgive") },
            { at: "restore_expired_grace_days", kind: "whole", label: t("settings.rules.grace") },
          ],
        },
      ]}
    />
  );
}

function Wallet() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <SettingForm<Schema<"WalletPolicy">>
      name="wallet"
      permission="loyalty:configure"
      read={() => api.GET("/api/v1/settings/wallet")}
      write={(body) => api.PUT("/api/v1/settings/wallet", { body })}
      sections={[
        {
          title: t("settings.rules.wallet"),
          fields: [
            {
              at: "spending.order",
              kind: "choice",
              required: true,
              label: t("settings.rules.order"),
              options: (["principal_first", "bonus_first", "proportional"] as const).map((value) => ({
                value,
                label: t(`settings.rules.orders.${value}`),
              })),
            },
            { at: "spending.bonus_share_max", kind: "rate", label: t("settings.rules.bonusShare") },
            { at: "expiry.principal_months", kind: "whole", label: t("settings.rules.principalMonths") },
            { at: "expiry.bonus_months", kind: "whole", label: t("settings.rules.bonusMonths") },
            { at: "refund.fee", kind: "rate", label: t("settings.rules.walletFee") },
          ],
        },
      ]}
    />
  );
}

function Tax() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <SettingForm<Schema<"TaxPolicy">>
      name="tax"
      read={() => api.GET("/api/v1/settings/tax")}
      write={(body) => api.PUT("/api/v1/settings/tax", { body })}
      sections={[
        {
          title: t("settings.rules.tax"),
          fields: [
            {
              at: "mode",
              kind: "choice",
              required: true,
              label: t("settings.rules.taxMode"),
              options: (["none", "inclusive", "exclusive"] as const).map((value) => ({
                value,
                label: t(`settings.rules.taxModes.${value}`),
              })),
            },
            { at: "rate", kind: "rate", label: t("settings.rules.taxRate") },
          ],
        },
      ]}
    />
  );
}
