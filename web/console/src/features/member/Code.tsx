import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { Button, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Loaded } from "../../parts/Parts";

/** The member's code of this half minute as digits, for who has forgotten the phone. */
export function CodeButton({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("member.code")}</Button>
      <Modal open={open} title={t("member.code")} footer={null} onCancel={() => setOpen(false)} destroyOnHidden>
        {open && <Digits id={id} />}
      </Modal>
    </>
  );
}

function Digits({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const code = useQuery({
    queryKey: ["member-code", id],
    staleTime: 0,
    gcTime: 0,
    refetchInterval: (query) => {
      const next = query.state.data?.next_at;
      return next ? Math.max(1_000, next - Date.now()) : false;
    },
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/code", { params: { path: { id } } })).data as Schema<"MemberCode">,
  });
  return (
    <Loaded query={code}>
      {(data) => (
        <>
          <p className="digits" aria-live="polite">
            {data.digits}
          </p>
          <p className="help">{t("member.codeText")}</p>
        </>
      )}
    </Loaded>
  );
}
