import { api, once, type Schema } from "@shuke/api";
import { useMay, useWho } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat } from "../../parts/format";
import { Empty, Table } from "../../parts/List";
import { Loaded, useRefresh } from "../../parts/Parts";

/** API keys: made, changed, revoked; a token is shown once. */
export function Keys() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const who = useWho();
  const may = useMay("key:write");
  const [open, setOpen] = useState(false);
  const [token, setToken] = useState<string>();
  const keys = useQuery({
    queryKey: ["api-keys"],
    queryFn: async () => (await api.GET("/api/v1/api-keys", { params: { query: { limit: 100 } } })).data?.items ?? [],
  });
  const show = (made: Schema<"NewKey"> | undefined) => {
    setToken(made?.token ?? undefined);
    refresh("api-keys");
  };
  return (
    <section className="list" aria-label={t("settings.program.keys")}>
      <div className="page-head">
        <h2>{t("settings.program.keys")}</h2>
        {may && (
          <Button type="primary" onClick={() => setOpen(true)}>
            {t("settings.program.keyAdd")}
          </Button>
        )}
      </div>
      {token && (
        <Alert
          type="warning"
          title={t("settings.program.token")}
          description={<code className="receipt">{token}</code>}
        />
      )}
      <Loaded query={keys}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty text={t("settings.program.keyEmpty")} />
          ) : (
            <Table<Schema<"Key">>
              label={t("settings.program.keys")}
              rows={rows}
              rowKey={(row) => row.id}
              columns={[
                { key: "name", title: t("form.name"), render: (row) => row.name },
                { key: "scopes", title: t("settings.program.scopes"), render: (row) => row.scopes.join(" ") },
                { key: "created", title: t("settings.program.created"), render: (row) => f.moment(row.created_at) },
                { key: "expires", title: t("settings.program.expires"), render: (row) => f.moment(row.expires_at) },
                {
                  key: "actions",
                  title: t("form.actions"),
                  render: (row) =>
                    row.revoked_at != null
                      ? t("settings.program.revoked")
                      : may && (
                          <span className="page-actions">
                            <Act
                              small
                              label={t("settings.program.rotate")}
                              ask={t("settings.program.rotateAsk")}
                              act={async (key) =>
                                show(
                                  (
                                    await api.POST("/api/v1/api-keys/{id}/rotations", {
                                      params: { path: { id: row.id }, header: once(key) },
                                      body: { overlap_hours: 24, expires_at: row.expires_at ?? null },
                                    })
                                  ).data,
                                )
                              }
                            />
                            <Act
                              small
                              danger
                              label={t("settings.program.revoke")}
                              ask={t("settings.program.revokeAsk")}
                              act={() => api.DELETE("/api/v1/api-keys/{id}", { params: { path: { id: row.id } } })}
                              done={() => refresh("api-keys")}
                            />
                          </span>
                        ),
                },
              ]}
            />
          )
        }
      </Loaded>
      <FormDrawer<{ name: string; scopes: string[]; stores: string[]; expires_at: number | null }>
        id="key-new"
        title={t("settings.program.keyAdd")}
        open={open}
        onClose={() => setOpen(false)}
        initial={{ name: "", scopes: [], stores: [], expires_at: null }}
        sections={[
          {
            title: "",
            fields: [
              { at: "name", kind: "text", required: true, label: t("form.name") },
              {
                at: "scopes",
                kind: "choices",
                required: true,
                label: t("settings.program.scopes"),
                options: who.permissions.map((value) => ({ value, label: value })),
              },
              { at: "stores", kind: "ref", of: "store", many: true, label: t("settings.staff.stores") },
              { at: "expires_at", kind: "moment", label: t("settings.program.expires") },
            ],
          },
        ]}
        save={async (value, key) => {
          const { data } = await api.POST("/api/v1/api-keys", {
            params: { header: once(key) },
            body: { ...value, stores: value.stores.length > 0 ? value.stores : null },
          });
          show(data);
        }}
      />
    </section>
  );
}
