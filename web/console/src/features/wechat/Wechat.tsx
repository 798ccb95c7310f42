import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { Form } from "../../parts/form/Form";
import { Loaded, useRefresh } from "../../parts/Parts";

/** The official account by which members link their WeChat. */
export function Wechat() {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const account = useQuery({
    queryKey: ["settings", "wechat"],
    queryFn: async () => (await api.GET("/api/v1/settings/wechat")).data as Schema<"WechatAccount">,
  });
  return (
    <Loaded query={account}>
      {(now) => (
        <Form<{ app_id: string; secret: string; api_url: string; open_url: string }>
          key={now.app_id ?? ""}
          id="wechat"
          secret
          initial={{ app_id: now.app_id ?? "", secret: "", api_url: now.api_url, open_url: now.open_url }}
          sections={[
            {
              title: t("settings.wechat.title"),
              help: t("settings.wechat.help", { host: location.host }),
              fields: [
                { at: "app_id", kind: "text", required: true, label: t("settings.wechat.app") },
                {
                  at: "secret",
                  kind: "password",
                  required: !now.app_id,
                  label: t("settings.wechat.secret"),
                  help: t(now.app_id ? "settings.wechat.secretKept" : "settings.wechat.secretHelp"),
                },
              ],
            },
            {
              title: t("settings.wechat.addresses"),
              help: t("settings.wechat.addressesHelp"),
              fields: [
                { at: "api_url", kind: "text", label: t("settings.wechat.api") },
                { at: "open_url", kind: "text", label: t("settings.wechat.open") },
              ],
            },
          ]}
          save={({ secret, ...body }) =>
            api.PUT("/api/v1/settings/wechat", { body: { ...body, secret: secret || null } })
          }
          saved={() => refresh("settings")}
          actions={() =>
            now.app_id ? (
              <Act
                danger
                label={t("settings.wechat.remove")}
                ask={t("settings.wechat.removeAsk")}
                act={() => api.DELETE("/api/v1/settings/wechat")}
                done={() => refresh("settings")}
              />
            ) : null
          }
        />
      )}
    </Loaded>
  );
}
