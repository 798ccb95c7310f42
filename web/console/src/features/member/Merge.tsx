import { api, once } from "@shuke/api";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import { useRefresh } from "../../parts/Parts";

/** Makes one member of two. */
export function MergeDrawer({ id, open, onClose }: { id: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const navigate = useNavigate();
  return (
    <FormDrawer<{ absorbed: string; reason: string }>
      id={`merge-${id}`}
      title={t("member.merge.title")}
      open={open}
      onClose={onClose}
      initial={{ absorbed: "", reason: "" }}
      sections={[
        {
          title: "",
          help: t("member.merge.help"),
          fields: [
            { at: "absorbed", kind: "ref", of: "member", required: true, label: t("member.merge.other") },
            { at: "reason", kind: "area", required: true, label: t("member.merge.reason") },
          ],
        },
      ]}
      save={async (value, key) => {
        await api.POST("/api/v1/merges", { params: { header: once(key) }, body: { ...value, survivor: id } });
        await navigate({ to: "/members/$id", params: { id }, search: (old) => ({ ...old, tab: "more" }) });
      }}
      saved={() => refresh("member", "members")}
    />
  );
}
