import { api, once, type Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { Form } from "../../parts/form/Form";
import { useFormat, useOptions } from "../../parts/format";
import { useRefresh } from "../../parts/Parts";

interface Draft {
  note: string;
  without_member: boolean;
  payments: { tender: Schema<"Tender"> | ""; amount: number | null }[];
}

const TENDERS = ["cash", "wechat_pay", "alipay", "bank_card", "other", "wallet"];

/** A manager's word: what waits becomes an order or never one; what is booked has been looked at. */
export function Decide({ record }: { record: Schema<"OfflineRecord"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const options = useOptions();
  const refresh = useRefresh();
  const { sale } = record;
  const waiting = record.state === "waiting";
  const byWallet = (sale.payments ?? []).some((one) => one.tender === "wallet");
  const decide = (body: Schema<"OfflineDecision">, key: string) =>
    api.POST("/api/v1/offline-sales/{id}/decision", {
      params: { path: { id: sale.id }, header: once(key) },
      body,
    });
  return (
    <Form<Draft>
      id={`offline-${sale.id}`}
      initial={{
        note: "",
        without_member: false,
        payments: (sale.payments ?? []).map(({ tender, amount }) => ({ tender, amount })),
      }}
      sections={[
        {
          title: t("running.sale.decided"),
          help: waiting ? t("running.sale.waitingHelp") : t("running.sale.bookedHelp"),
          fields: [
            {
              at: "note",
              kind: "area",
              required: true,
              label: t("running.sale.note"),
              help: t("running.sale.noteHelp"),
            },
            {
              at: "without_member",
              kind: "switch",
              label: t("running.sale.withoutMember"),
              help: t("running.sale.withoutMemberHelp"),
              when: () => waiting && Boolean(sale.member),
            },
            {
              at: "payments",
              kind: "list",
              label: t("running.sale.payments"),
              help: t("running.sale.paymentsHelp", { total: f.money(sale.total) }),
              add: t("running.sale.addPayment"),
              make: () => ({ tender: "cash", amount: null }),
              when: () => waiting && byWallet,
              fields: [
                {
                  at: "tender",
                  kind: "choice",
                  required: true,
                  label: t("running.sale.tender"),
                  options: options("tender").filter((one) => TENDERS.includes(one.value)),
                },
                { at: "amount", kind: "money", required: true, label: t("form.amount") },
              ],
            },
          ],
        },
      ]}
      submit={waiting ? t("running.sale.accept") : t("running.sale.seen")}
      save={(value, key) =>
        decide(
          {
            accepted: true,
            note: value.note,
            without_member: value.without_member,
            ...(waiting && byWallet
              ? {
                  payments: value.payments.map((one) => ({
                    tender: one.tender as Schema<"Tender">,
                    amount: one.amount ?? 0,
                  })),
                }
              : {}),
          },
          key,
        )
      }
      saved={() => refresh("offline-sales", "figures", "orders")}
      actions={(value) =>
        waiting && (
          <Act
            danger
            label={t("running.sale.decline")}
            ask={t("running.sale.declineAsk")}
            act={(key) => decide({ accepted: false, note: value.note }, key)}
            done={() => refresh("offline-sales", "figures")}
          />
        )
      }
    />
  );
}
