import { api, asProblem, newId, once, type Schema } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Asked, SecondPerson } from "../../parts/Approval";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel } from "../../parts/format";
import { useRefresh } from "../../parts/Parts";
import { backFields, leftOf, linesOf, type Returned } from "./lines";

/** Takes back lines of an order; what would be given back is shown before. */
export function RefundDrawer({ order, onClose }: { order: Schema<"Order">; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const [asked, setAsked] = useState<Asked>();
  const [approval, setApproval] = useState<string>();
  const [id] = useState(newId);
  const left = leftOf(order);
  return (
    <FormDrawer<Returned>
      id={`refund-${order.id}`}
      title={t("sales.order.refundTitle")}
      open
      onClose={onClose}
      initial={{
        quantities: Object.fromEntries(left.map((line) => [line.line, line.quantity_milli - line.refunded_milli])),
        damaged: {},
        reason: "",
      }}
      sections={[
        {
          title: "",
          fields: [
            ...backFields<Returned>(left, t, f.quantity),
            { at: "reason", kind: "area", required: true, label: t("sales.order.refundReason") },
          ],
        },
      ]}
      submit={t("sales.order.refundDo")}
      below={(value) => (
        <div className="stack">
          <Preview order={order.id} lines={linesOf(value)} />
          {asked && <SecondPerson key={JSON.stringify(asked)} asked={asked} given={setApproval} />}
        </div>
      )}
      save={async (value, key) => {
        const lines = linesOf(value);
        try {
          await api.POST("/api/v1/refunds", {
            params: { header: once(key) },
            body: { id, order: order.id, lines, reason: value.reason, approval: approval ?? null },
          });
        } catch (thrown) {
          if (asProblem(thrown).code === "approval_needed") {
            const { data } = await api.POST("/api/v1/refund-quotes", { body: { order: order.id, lines } });
            setAsked({
              kind: "refund",
              subject: order.id,
              amount: data?.amount ?? 0,
              reason: value.reason,
              store: order.store,
            });
          }
          throw thrown;
        }
      }}
      saved={() => refresh("order", "orders", "member")}
    />
  );
}

function Preview({ order, lines }: { order: string; lines: Schema<"RefundLine">[] }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const quote = useQuery({
    queryKey: ["refund-quote", order, lines],
    enabled: lines.length > 0,
    placeholderData: (old) => old,
    queryFn: async () =>
      (await api.POST("/api/v1/refund-quotes", { body: { order, lines } })).data as Schema<"RefundQuote">,
  });
  if (quote.error) return <ProblemNotice error={quote.error} />;
  if (!quote.data) return null;
  return (
    <p role="status">
      {t("sales.order.refundWill")} <b>{f.money(quote.data.amount)}</b>:{" "}
      {quote.data.payments.map((one) => `${label("tender", one.tender)} ${f.money(one.amount)}`).join("，")}.{" "}
      {t("sales.order.refundPoints", {
        clawed: f.count(quote.data.points_clawed),
        returned: f.count(quote.data.points_returned),
      })}
    </p>
  );
}
