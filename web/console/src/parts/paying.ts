import type { Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import type { Part } from "./form/model";
import { useLabel } from "./format";

type Tender = Schema<"PrepaidTender">;

/** How something is paid: with one tender, or a part of it with a second. */
export interface Paying {
  tender: Tender;
  second: { tender: Tender; amount: number | null } | null;
}

export const FIRST_PAYING: Paying = { tender: "wechat_pay", second: null };

const MONEY: Tender[] = ["wechat_pay", "alipay", "cash", "bank_card", "other"];

/** The payments that come to a price; none where there is nothing to pay. */
export function payments(price: number, { tender, second }: Paying): Schema<"PrepaidPayment">[] {
  const part = second?.amount ?? 0;
  const all =
    second && part > 0
      ? [
          { tender, amount: price - part },
          { tender: second.tender, amount: part },
        ]
      : [{ tender, amount: price }];
  return all.filter((one) => one.amount !== 0);
}

/** The fields of it; `wallet` where prepaid value may pay too. */
export function usePayingFields(wallet = false): Part[] {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const options = [...MONEY, ...(wallet ? (["wallet"] as const) : [])].map((value) => ({
    value,
    label: label("tender", value),
  }));
  return [
    { at: "tender", kind: "choice", required: true, label: t("sales.order.payments"), options },
    {
      at: "second",
      kind: "group",
      label: t("sales.order.payMixed"),
      optional: { tender: "cash", amount: null },
      fields: [
        { at: "tender", kind: "choice", required: true, label: t("sales.order.payments"), options },
        { at: "amount", kind: "money", required: true, label: t("form.amount") },
      ],
    },
  ];
}
