import { api, asProblem, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat } from "../../parts/format";
import { List } from "../../parts/List";
import { TabPage, useRefresh } from "../../parts/Parts";
import { useActorName, useStoreName, useTills } from "../../parts/refs";
import { Idle, Offline } from "./Rules";

type Device = Schema<"Device">;

/** The devices that stand at tills, how one signs in there, and what they may do without a network. */
export function Devices() {
  const { t } = useTranslation(["app", "ui"]);
  const manages = useMay("device:manage");
  return (
    <TabPage
      title={t("running.device.page")}
      tabs={[
        ...(manages ? [{ key: "list", label: t("running.device.list"), render: () => <DeviceList /> }] : []),
        { key: "signIn", label: t("running.device.signIn"), render: () => <Idle /> },
        { key: "offline", label: t("running.device.offline"), render: () => <Offline /> },
      ]}
    />
  );
}

/** Which till this browser stands at; nothing where it is none. */
function useThisDevice() {
  return useQuery({
    queryKey: ["device"],
    queryFn: async (): Promise<Schema<"DeviceView"> | null> => {
      try {
        return (await api.GET("/api/v1/device")).data ?? null;
      } catch (thrown) {
        if (asProblem(thrown).signedOut) return null;
        throw thrown;
      }
    },
  });
}

function DeviceList() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const tills = useTills();
  const storeName = useStoreName();
  const actor = useActorName();
  const here = useThisDevice();
  const [linking, setLinking] = useState(false);
  const till = (row: Device) => tills.find((one) => one.id === row.till);
  const link = (
    <Button type="primary" onClick={() => setLinking(true)}>
      {t("running.device.here")}
    </Button>
  );
  return (
    <>
      {here.data && (
        <Alert
          type="info"
          showIcon
          title={t("running.device.this", { till: here.data.till.name, name: here.data.device.name })}
          action={<Button href="/till/">{t("running.device.toTill")}</Button>}
        />
      )}
      <List<Device>
        id="devices"
        inner
        title={t("running.device.list")}
        rowKey={(row) => row.id}
        actions={link}
        columns={[
          { key: "name", title: t("running.device.name"), render: (row) => row.name },
          { key: "till", title: t("running.device.till"), render: (row) => till(row)?.name ?? "–" },
          { key: "store", title: t("running.device.store"), render: (row) => storeName(till(row)?.store) },
          { key: "since", title: t("running.device.since"), render: (row) => f.moment(row.created_at) },
          { key: "by", title: t("running.device.by"), render: (row) => actor(row.registered_by) },
          {
            key: "state",
            title: t("running.device.state"),
            render: (row) =>
              row.revoked_at == null
                ? t("running.device.inUse")
                : t("running.device.revoked", { when: f.moment(row.revoked_at) }),
          },
          {
            key: "actions",
            title: t("form.actions"),
            render: (row) =>
              row.revoked_at == null && (
                <Act
                  small
                  danger
                  label={t("running.device.revoke")}
                  ask={t("running.device.revokeAsk", { name: row.name })}
                  act={() => api.DELETE("/api/v1/devices/{id}", { params: { path: { id: row.id } } })}
                  done={() => refresh("devices", "device")}
                />
              ),
          },
        ]}
        load={async (_, cursor, limit) =>
          (await api.GET("/api/v1/devices", { params: { query: { cursor, limit } } })).data
        }
        empty={{ text: t("running.device.empty"), action: link }}
      />
      {linking && (
        <FormDrawer<{ name: string; till: string }>
          id="device-new"
          title={t("running.device.hereTitle")}
          open
          onClose={() => setLinking(false)}
          submit={t("running.device.here")}
          initial={{ name: t("running.device.nameHint"), till: tills.length === 1 ? (tills[0]?.id ?? "") : "" }}
          sections={[
            {
              title: "",
              help: t("running.device.hereHelp"),
              fields: [
                { at: "name", kind: "text", required: true, label: t("running.device.name") },
                { at: "till", kind: "ref", of: "till", required: true, label: t("running.device.till") },
              ],
            },
          ]}
          save={(body) => api.POST("/api/v1/devices", { body })}
          saved={() => refresh("devices", "device")}
        />
      )}
    </>
  );
}
