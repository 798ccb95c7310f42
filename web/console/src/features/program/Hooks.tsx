import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel } from "../../parts/format";
import { Table } from "../../parts/List";
import { Loaded, useRefresh } from "../../parts/Parts";
import { Rows } from "../../parts/Rows";

type Hook = Schema<"Webhook">;

/** Webhooks: where events are sent to, and what became of each. */
export function Hooks() {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const may = useMay("webhook:write");
  const [secret, setSecret] = useState<string>();
  const [shown, setShown] = useState<Hook>();
  const hooks = useQuery({
    queryKey: ["webhooks"],
    queryFn: async () => (await api.GET("/api/v1/webhooks")).data ?? [],
  });
  const show = (made: Schema<"WebhookSecret"> | undefined) => {
    setSecret(made?.secret ?? undefined);
    refresh("webhooks");
  };
  return (
    <>
      {secret && (
        <Alert
          type="warning"
          title={t("settings.program.secret")}
          description={<code className="receipt">{secret}</code>}
        />
      )}
      <Rows<Hook>
        title={t("settings.program.hooks")}
        query={hooks}
        rowKey={(row) => row.id}
        may={may}
        add={t("settings.program.hookAdd")}
        empty={t("settings.program.hookEmpty")}
        columns={[
          { key: "url", title: t("settings.program.url"), render: (row) => row.url },
          { key: "description", title: t("settings.program.description"), render: (row) => row.description || "–" },
          {
            key: "state",
            title: t("form.state"),
            render: (row) => (row.active ? t("form.active") : t("form.stopped")),
          },
          {
            key: "more",
            title: t("settings.program.deliveries"),
            render: (row) => (
              <span className="page-actions">
                <Button size="small" onClick={() => setShown(row)}>
                  {t("settings.program.deliveries")}
                </Button>
                {may && (
                  <>
                    <Act
                      small
                      label={t("settings.program.rotateSecret")}
                      ask={t("settings.program.rotateAsk")}
                      act={async (key) =>
                        show(
                          (
                            await api.POST("/api/v1/webhooks/{id}/rotations", {
                              params: { path: { id: row.id }, header: once(key) },
                              body: { overlap_hours: 24 },
                            })
                          ).data,
                        )
                      }
                    />
                    <Act
                      small
                      danger
                      label={t("settings.program.remove")}
                      ask={t("settings.program.removeAsk")}
                      act={() => api.DELETE("/api/v1/webhooks/{id}", { params: { path: { id: row.id } } })}
                      done={() => refresh("webhooks")}
                    />
                  </>
                )}
              </span>
            ),
          },
        ]}
        drawer={(row, close) => <HookDrawer hook={row} onClose={close} made={show} />}
      />
      {shown && <Deliveries hook={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}

function HookDrawer({
  hook,
  onClose,
  made,
}: {
  hook: Hook | undefined;
  onClose: () => void;
  made: (secret: Schema<"WebhookSecret"> | undefined) => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  return (
    <FormDrawer<Schema<"WebhookDraft">>
      id={`webhook-${hook?.id ?? "new"}`}
      title={hook?.url ?? t("settings.program.hookAdd")}
      open
      onClose={onClose}
      initial={{
        url: hook?.url ?? "",
        description: hook?.description ?? "",
        kinds: hook?.kinds ?? [],
        active: hook?.active ?? true,
      }}
      sections={[
        {
          title: "",
          fields: [
            { at: "url", kind: "text", required: true, label: t("settings.program.url") },
            { at: "description", kind: "text", label: t("settings.program.description") },
            { at: "kinds", kind: "words", label: t("settings.program.kinds") },
            { at: "active", kind: "switch", label: t("form.active") },
          ],
        },
      ]}
      save={async (body, key) => {
        if (hook) await api.PUT("/api/v1/webhooks/{id}", { params: { path: { id: hook.id } }, body });
        else made((await api.POST("/api/v1/webhooks", { params: { header: once(key) }, body })).data);
      }}
      saved={() => refresh("webhooks")}
    />
  );
}

function Deliveries({ hook, onClose }: { hook: Hook; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refresh = useRefresh();
  const may = useMay("webhook:write");
  const found = useQuery({
    queryKey: ["deliveries", hook.id],
    queryFn: async () =>
      (
        await api.GET("/api/v1/webhooks/{id}/deliveries", {
          params: { path: { id: hook.id }, query: { limit: 100 } },
        })
      ).data?.items ?? [],
  });
  return (
    <Drawer open onClose={onClose} title={hook.url} size={800}>
      {may && (
        <Act
          label={t("settings.program.replay")}
          act={(key) =>
            api.POST("/api/v1/webhooks/{id}/replays", {
              params: { path: { id: hook.id }, header: once(key) },
              body: { deliveries: [], since: null },
            })
          }
          done={() => refresh("deliveries")}
        />
      )}
      <Loaded query={found}>
        {(rows) => (
          <Table<Schema<"Delivery">>
            label={t("settings.program.deliveries")}
            rows={rows}
            rowKey={(row) => row.id}
            columns={[
              { key: "at", title: t("form.when"), render: (row) => f.moment(row.created_at) },
              { key: "kind", title: t("audit.action"), render: (row) => row.kind },
              { key: "state", title: t("form.state"), render: (row) => label("deliveryState", row.state) },
              { key: "n", title: t("settings.program.attempts"), number: true, render: (row) => f.count(row.attempts) },
              {
                key: "fault",
                title: t("settings.program.fault"),
                render: (row) => row.last_fault ?? String(row.last_status ?? "–"),
              },
            ]}
          />
        )}
      </Loaded>
    </Drawer>
  );
}
