import { api, asProblem, once, type Schema } from "@shuke/api";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Asked, SecondPerson } from "../../parts/Approval";
import { FormDrawer } from "../../parts/FormDrawer";
import { useLabel } from "../../parts/format";
import { useRefresh } from "../../parts/Parts";
import { useUrl } from "../../parts/url";

type Body = Schema<"AdjustmentRequest">;

/** Corrects a balance by hand, with a reason; above the limit with a second person's word. */
export function AdjustDrawer({ id, open, onClose }: { id: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const refresh = useRefresh();
  const [{ store }] = useUrl();
  const [asked, setAsked] = useState<Asked>();
  const [approval, setApproval] = useState<string>();
  const accounts = ["points", "principal", "bonus"] as const;
  return (
    <FormDrawer<Body>
      id={`adjust-${id}`}
      title={t("member.adjust.title")}
      open={open}
      onClose={onClose}
      initial={{ account: "points", amount: null as unknown as number, reason: "", store: store ?? null }}
      sections={(value) => [
        {
          title: "",
          fields: [
            {
              at: "account",
              kind: "choice",
              required: true,
              label: t("member.adjust.account"),
              options: accounts.map((one) => ({ value: one, label: label("account", one) })),
            },
            value.account === "points"
              ? { at: "amount", kind: "whole", required: true, label: t("member.adjust.points") }
              : { at: "amount", kind: "money", required: true, label: t("member.adjust.amount") },
            {
              at: "expires_on",
              kind: "date",
              label: t("member.adjust.expires"),
              when: (one) => one.amount > 0,
            },
            { at: "store", kind: "ref", of: "store", label: t("member.adjust.store") },
            {
              at: "reason",
              kind: "area",
              required: true,
              label: t("member.adjust.reason"),
              help: t("member.adjust.reasonHelp"),
            },
          ],
        },
      ]}
      actions={() => asked && <SecondPerson key={JSON.stringify(asked)} asked={asked} given={setApproval} />}
      save={async (value, key) => {
        try {
          await api.POST("/api/v1/members/{id}/adjustments", {
            params: { path: { id }, header: once(key) },
            body: { ...value, approval: approval ?? null },
          });
        } catch (thrown) {
          if (asProblem(thrown).code === "approval_needed")
            setAsked({
              kind: value.account === "points" ? "points_adjustment" : "adjustment",
              subject: id,
              amount: Math.abs(value.amount),
              reason: value.reason,
              store: value.store ?? null,
            });
          throw thrown;
        }
        setAsked(undefined);
        setApproval(undefined);
      }}
      saved={() => refresh("member", "members")}
    />
  );
}
