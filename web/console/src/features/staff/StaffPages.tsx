import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { FormDrawer } from "../../parts/FormDrawer";
import { useLabel, useOptions } from "../../parts/format";
import { TabPage, useRefresh } from "../../parts/Parts";
import { Rows } from "../../parts/Rows";
import { useStoreName } from "../../parts/refs";
import { SettingForm } from "../../parts/Section";

type Staff = Schema<"Staff">;

/** Who works here, and how they sign in. */
export function StaffPages() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.staff")}
      tabs={[
        { key: "staff", label: t("settings.staff.list"), render: () => <StaffRows /> },
        { key: "policy", label: t("settings.staff.policy"), render: () => <Policy /> },
      ]}
    />
  );
}

function StaffRows() {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const storeName = useStoreName();
  const may = useMay("staff:write");
  const [password, setPassword] = useState<Staff>();
  const staff = useQuery({
    queryKey: ["staff"],
    queryFn: async () => (await api.GET("/api/v1/staff", { params: { query: { limit: 200 } } })).data?.items ?? [],
  });
  return (
    <>
      <Rows<Staff>
        title={t("settings.staff.list")}
        query={staff}
        rowKey={(row) => row.id}
        may={may}
        add={t("settings.staff.add")}
        empty={t("settings.staff.empty")}
        columns={[
          { key: "name", title: t("settings.staff.name"), render: (row) => row.name },
          { key: "username", title: t("settings.staff.username"), render: (row) => row.username },
          { key: "role", title: t("settings.staff.role"), render: (row) => label("role", row.role) },
          {
            key: "stores",
            title: t("shell.store"),
            render: (row) => (row.stores ? row.stores.map((id) => storeName(id)).join("，") : t("shell.allStores")),
          },
          {
            key: "state",
            title: t("form.state"),
            render: (row) => (row.active ? t("settings.staff.active") : t("settings.staff.left")),
          },
          {
            key: "security",
            title: t("settings.staff.policy"),
            render: (row) =>
              may && (
                <span className="page-actions">
                  <Button size="small" onClick={() => setPassword(row)}>
                    {t("settings.staff.newPassword")}
                  </Button>
                  <Act
                    small
                    label={t("settings.staff.totpRemove")}
                    ask={t("settings.staff.totpRemoveAsk")}
                    act={() => api.DELETE("/api/v1/staff/{id}/totp", { params: { path: { id: row.id } } })}
                  />
                  <Act
                    small
                    label={t("running.pin.clear")}
                    ask={t("running.pin.clearAsk", { name: row.name })}
                    act={() => api.DELETE("/api/v1/staff/{id}/pin", { params: { path: { id: row.id } } })}
                  />
                </span>
              ),
          },
        ]}
        drawer={(row, close) => <StaffDrawer staff={row} onClose={close} />}
      />
      {password && (
        <FormDrawer<{ password: string }>
          id={`password-${password.id}`}
          title={`${t("settings.staff.newPassword")} ${password.name}`}
          open
          onClose={() => setPassword(undefined)}
          secret
          initial={{ password: "" }}
          sections={[
            {
              title: "",
              help: t("settings.staff.newPasswordHelp"),
              fields: [{ at: "password", kind: "password", required: true, label: t("signIn.password") }],
            },
          ]}
          save={(body) => api.PUT("/api/v1/staff/{id}/password", { params: { path: { id: password.id } }, body })}
        />
      )}
    </>
  );
}

interface Draft {
  name: string;
  username: string;
  password: string;
  role: Schema<"Role">;
  stores: string[];
  active: boolean;
}

function StaffDrawer({ staff, onClose }: { staff: Staff | undefined; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const options = useOptions();
  const refresh = useRefresh();
  return (
    <FormDrawer<Draft>
      id={`staff-${staff?.id ?? "new"}`}
      title={staff?.name ?? t("settings.staff.add")}
      open
      onClose={onClose}
      secret={!staff}
      initial={{
        name: staff?.name ?? "",
        username: staff?.username ?? "",
        password: "",
        role: staff?.role ?? "cashier",
        stores: staff?.stores ?? [],
        active: staff?.active ?? true,
      }}
      sections={[
        {
          title: "",
          fields: [
            { at: "name", kind: "text", required: true, label: t("settings.staff.name") },
            { at: "username", kind: "text", required: true, label: t("settings.staff.username"), when: () => !staff },
            {
              at: "password",
              kind: "password",
              required: true,
              label: t("settings.staff.password"),
              when: () => !staff,
            },
            { at: "role", kind: "choice", required: true, label: t("settings.staff.role"), options: options("role") },
            { at: "stores", kind: "ref", of: "store", many: true, label: t("settings.staff.stores") },
            {
              at: "active",
              kind: "switch",
              label: t("settings.staff.active"),
              help: t("settings.staff.activeHelp"),
              when: () => Boolean(staff),
            },
          ],
        },
      ]}
      save={(value, key) => {
        const stores = value.stores.length > 0 ? value.stores : null;
        const { name, role, active } = value;
        return staff
          ? api.PUT("/api/v1/staff/{id}", {
              params: { path: { id: staff.id } },
              body: { name, role, active, stores },
            })
          : api.POST("/api/v1/staff", {
              params: { header: once(key) },
              body: { name, role, stores, username: value.username, password: value.password },
            });
      }}
      saved={() => refresh("staff")}
    />
  );
}

function Policy() {
  const { t } = useTranslation(["app", "ui"]);
  const options = useOptions();
  return (
    <SettingForm<Schema<"SignInPolicy">>
      name="sign-in-policy"
      read={() => api.GET("/api/v1/sign-in-policy")}
      write={(body) => api.PUT("/api/v1/sign-in-policy", { body })}
      permission="staff:write"
      sections={[
        {
          title: t("settings.staff.policy"),
          help: t("settings.staff.policyHelp"),
          fields: [
            { at: "totp_roles", kind: "choices", label: t("settings.staff.policyRoles"), options: options("role") },
          ],
        },
      ]}
    />
  );
}
