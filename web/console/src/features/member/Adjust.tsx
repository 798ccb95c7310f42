import { api, once, type Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import { useApproved } from "../../parts/Approval";
import { FormDrawer } from "../../parts/FormDrawer";
import { useLabel } from "../../parts/format";
import { useRefresh } from "../../parts/Parts";
import { useUrl } from "../../parts/url";
import { useKinds } from "./Kinds";

interface Body {
  /** Points, principal, bonus, or the id of a kind of points. */
  account: string;
  amount: number | null;
  reason: string;
  store: string | null;
  expires_on: string | null;
}

const ACCOUNTS = ["points", "principal", "bonus"] as const;
const money = (account: string) => account === "principal" || account === "bonus";

/** Corrects a balance by hand, with a reason; above the limit with a second person's word. */
export function AdjustDrawer({ id, open, onClose }: { id: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const refresh = useRefresh();
  const kinds = useKinds(id);
  const [{ store }] = useUrl();
  const of = (account: string) => kinds.find((one) => one.kind === account);
  const approved = useApproved<Body>(
    (value) => ({
      kind: of(value.account)
        ? "points_kind_adjustment"
        : value.account === "points"
          ? "points_adjustment"
          : "adjustment",
      subject: id,
      amount: Math.abs(value.amount ?? 0),
      reason: value.reason,
      store: value.store,
    }),
    ({ account, amount, ...rest }, key, approval) => {
      const kind = of(account)?.kind;
      const given = { ...rest, expires_on: (amount ?? 0) > 0 ? rest.expires_on : null, approval };
      return kind
        ? api.POST("/api/v1/members/{id}/points-kinds/{kind}/adjustments", {
            params: { path: { id, kind }, header: once(key) },
            body: { ...given, id: key, points: amount ?? 0 },
          })
        : api.POST("/api/v1/members/{id}/adjustments", {
            params: { path: { id }, header: once(key) },
            body: { ...given, account: account as Schema<"AccountKind">, amount: amount ?? 0 },
          });
    },
  );
  return (
    <FormDrawer<Body>
      id={`adjust-${id}`}
      title={t("member.adjust.title")}
      open={open}
      onClose={onClose}
      initial={{ account: "points", amount: null, reason: "", store: store ?? null, expires_on: null }}
      sections={(value) => [
        {
          title: "",
          fields: [
            {
              at: "account",
              kind: "choice",
              required: true,
              label: t("member.adjust.account"),
              options: [
                ...ACCOUNTS.map((one) => ({ value: one as string, label: label("account", one) })),
                ...kinds.map((one) => ({ value: one.kind, label: one.name })),
              ],
            },
            money(value.account)
              ? { at: "amount", kind: "money", required: true, label: t("member.adjust.amount") }
              : { at: "amount", kind: "whole", required: true, label: t("member.adjust.points") },
            {
              at: "expires_on",
              kind: "date",
              label: t("member.adjust.expires"),
              when: (one) => (one.amount ?? 0) > 0,
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
      actions={approved.second}
      save={approved.save}
      saved={() => refresh("member", "members")}
    />
  );
}
