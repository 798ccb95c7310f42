import { api, type Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import { SettingForm } from "../../parts/Section";

/** How long a PIN lasts at a till that nobody touches. */
export function Idle() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <SettingForm<Schema<"TillSignIn">>
      name="till-sign-in"
      read={() => api.GET("/api/v1/settings/till-sign-in")}
      write={(body) => api.PUT("/api/v1/settings/till-sign-in", { body })}
      sections={[
        {
          title: t("running.device.signIn"),
          help: t("running.device.signInHelp"),
          fields: [
            {
              at: "idle_minutes",
              kind: "whole",
              required: true,
              label: t("running.device.idle"),
              help: t("running.device.idleHelp"),
            },
          ],
        },
      ]}
    />
  );
}

/** What a till may decide without a network. */
export function Offline() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <SettingForm<Schema<"OfflinePolicy">>
      name="offline"
      read={() => api.GET("/api/v1/settings/offline")}
      write={(body) => api.PUT("/api/v1/settings/offline", { body })}
      sections={[
        {
          title: t("running.device.offline"),
          help: t("running.device.offlineHelp"),
          fields: [
            { at: "enabled", kind: "switch", label: t("running.device.enabled") },
            {
              at: "hours",
              kind: "whole",
              required: true,
              label: t("running.device.hours"),
              help: t("running.device.hoursHelp"),
              when: (value) => Boolean(value.enabled),
            },
            {
              at: "sale_max",
              kind: "money",
              required: true,
              label: t("running.device.saleMax"),
              when: (value) => Boolean(value.enabled),
            },
            {
              at: "wallet_max",
              kind: "money",
              required: true,
              label: t("running.device.walletMax"),
              help: t("running.device.walletMaxHelp"),
              when: (value) => Boolean(value.enabled),
            },
            {
              at: "difference_max",
              kind: "money",
              required: true,
              label: t("running.device.differenceMax"),
              help: t("running.device.differenceMaxHelp"),
              when: (value) => Boolean(value.enabled),
            },
            {
              at: "members",
              kind: "whole",
              required: true,
              label: t("running.device.members"),
              help: t("running.device.membersHelp"),
              when: (value) => Boolean(value.enabled),
            },
          ],
        },
      ]}
    />
  );
}
