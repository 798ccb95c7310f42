import { api, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "../../parts/form/Form";
import { useFormat } from "../../parts/format";
import { List } from "../../parts/List";
import { Loaded, useRefresh } from "../../parts/Parts";
import { SettingForm } from "../../parts/Section";

/** Text messages to members: what becomes of them, who sends them, what was sent. */
export function Messages() {
  const may = useMay("org:write");
  return (
    <div className="stack">
      <Policy />
      {may && <GatewayForm />}
      {may && <Sent />}
    </div>
  );
}

function Policy() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <SettingForm<Schema<"MessagePolicy">>
      name="messages"
      read={() => api.GET("/api/v1/settings/messages")}
      write={(body) => api.PUT("/api/v1/settings/messages", { body })}
      sections={[
        {
          title: t("running.message.title"),
          help: t("running.message.help"),
          fields: [
            {
              at: "sms",
              kind: "choice",
              required: true,
              label: t("running.message.sms"),
              help: t("running.message.logHelp"),
              options: (["off", "log", "gateway"] as const).map((value) => ({
                value,
                label: t(`running.message.ways.${value}`),
              })),
            },
            { at: "sign", kind: "text", label: t("running.message.sign"), help: t("running.message.signHelp") },
          ],
        },
      ]}
    />
  );
}

function GatewayForm() {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const [secret, setSecret] = useState<string>();
  const gateway = useQuery({
    queryKey: ["settings", "sms-gateway"],
    queryFn: async () => (await api.GET("/api/v1/settings/sms-gateway")).data as Schema<"Gateway">,
  });
  return (
    <>
      {secret && (
        <Alert
          type="warning"
          title={t("running.message.secret")}
          description={<code className="receipt">{secret}</code>}
        />
      )}
      <Loaded query={gateway}>
        {(now) => (
          <Form<Schema<"GatewayDraft">>
            key={now.url ?? ""}
            id="sms-gateway"
            initial={{ url: now.url ?? "" }}
            sections={[
              {
                title: t("running.message.gateway"),
                help: t("running.message.gatewayHelp"),
                fields: [{ at: "url", kind: "text", required: true, label: t("running.message.url") }],
              },
            ]}
            submit={t("running.message.save")}
            save={async (body) => {
              const { data } = await api.PUT("/api/v1/settings/sms-gateway", { body });
              setSecret(data?.secret ?? undefined);
            }}
            saved={() => refresh("settings")}
          />
        )}
      </Loaded>
    </>
  );
}

function Sent() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  return (
    <List<Schema<"Message">>
      id="messages"
      inner
      title={t("running.message.list")}
      rowKey={(row) => row.id}
      columns={[
        { key: "at", title: t("form.when"), render: (row) => f.moment(row.at) },
        { key: "to", title: t("running.message.to"), render: (row) => row.to },
        { key: "text", title: t("running.message.text"), render: (row) => row.text ?? t("running.message.hidden") },
        {
          key: "state",
          title: t("running.message.state"),
          render: (row) => t(`running.message.states.${row.state}`),
        },
        { key: "attempts", title: t("running.message.attempts"), number: true, render: (row) => f.count(row.attempts) },
        { key: "fault", title: t("running.message.fault"), hidden: true, render: (row) => row.last_fault || "–" },
      ]}
      load={async (_, cursor, limit) =>
        (await api.GET("/api/v1/messages", { params: { query: { cursor, limit } } })).data
      }
      empty={{ text: t("running.message.empty") }}
    />
  );
}
