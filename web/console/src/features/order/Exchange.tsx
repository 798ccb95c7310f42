import { api, asProblem, newId, once, type Schema } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Asked, SecondPerson } from "../../parts/Approval";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useOptions } from "../../parts/format";
import { useRefresh } from "../../parts/Parts";
import { backFields, leftOf, linesOf, type Returned } from "./lines";

interface Draft extends Returned {
  out: { variant: string; quantity_milli: number | null }[];
  tender: Schema<"Tender">;
}

const TENDERS = ["cash", "wechat_pay", "alipay", "bank_card", "other"];

/** Goods come back and others go out; what it comes to is shown before. */
export function ExchangeDrawer({ order, onClose }: { order: Schema<"Order">; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const options = useOptions();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<Asked>();
  const [approval, setApproval] = useState<string>();
  // The three ids name this exchange: sent twice, it happens once.
  const [ids] = useState(() => ({ exchange: newId(), refund: newId(), order: newId() }));
  const left = leftOf(order);
  return (
    <FormDrawer<Draft>
      id={`exchange-${order.id}`}
      title={t("running.exchange.title")}
      open
      onClose={onClose}
      initial={{
        quantities: Object.fromEntries(left.map((line) => [line.line, left.length === 1 ? 1000 : null])),
        damaged: {},
        out: [{ variant: "", quantity_milli: 1000 }],
        reason: "",
        tender: "cash",
      }}
      sections={[
        { title: t("running.exchange.back"), fields: backFields<Draft>(left, t, f.quantity) },
        {
          title: "",
          fields: [
            {
              at: "out",
              kind: "list",
              label: t("running.exchange.out"),
              add: t("running.exchange.add"),
              make: () => ({ variant: "", quantity_milli: 1000 }),
              fields: [
                { at: "variant", kind: "ref", of: "variant", required: true, label: t("running.exchange.goods") },
                { at: "quantity_milli", kind: "quantity", required: true, label: t("running.exchange.quantity") },
              ],
            },
            {
              at: "tender",
              kind: "choice",
              required: true,
              label: t("running.exchange.tender"),
              options: options("tender").filter((one) => TENDERS.includes(one.value)),
            },
            { at: "reason", kind: "area", required: true, label: t("running.exchange.reason") },
          ],
        },
      ]}
      submit={t("running.exchange.confirm")}
      below={(value) => (
        <div className="stack">
          <Preview order={order} value={value} />
          {asked && <SecondPerson key={JSON.stringify(asked)} asked={asked} given={setApproval} />}
        </div>
      )}
      save={async (value, key) => {
        const { sale, due } = await priced(order, value);
        try {
          const { data } = await api.POST("/api/v1/exchanges", {
            params: { header: once(key) },
            body: {
              id: ids.exchange,
              refund: {
                id: ids.refund,
                order: order.id,
                lines: linesOf(value),
                reason: value.reason,
                approval: approval ?? null,
              },
              sale: {
                ...cartOf(order, value),
                id: ids.order,
                expected_total: sale,
                payments: due > 0 ? [{ tender: value.tender, amount: due }] : [],
              },
            },
          });
          if (data) await navigate({ to: "/sales/orders/$id", params: { id: data.order.id } });
        } catch (thrown) {
          if (asProblem(thrown).code === "approval_needed")
            setAsked({ kind: "refund", subject: order.id, amount: -due, reason: value.reason, store: order.store });
          throw thrown;
        }
      }}
      saved={() => refresh("order", "orders", "member", "figures")}
    />
  );
}

function cartOf(order: Schema<"Order">, value: Draft) {
  return {
    store: order.store,
    member: order.member ?? null,
    lines: value.out
      .filter((line) => line.variant && line.quantity_milli)
      .map((line) => ({ variant: line.variant, quantity_milli: line.quantity_milli ?? 0 })),
    coupons: { kind: "none" as const },
  };
}

/** What comes back, what the new goods cost, and what the customer pays on top (below zero: gets back). */
async function priced(order: Schema<"Order">, value: Draft): Promise<{ refund: number; sale: number; due: number }> {
  const [back, out] = await Promise.all([
    api.POST("/api/v1/refund-quotes", { body: { order: order.id, lines: linesOf(value) } }),
    api.POST("/api/v1/quotes", { body: cartOf(order, value) }),
  ]);
  const refund = back.data?.amount ?? 0;
  const sale = out.data?.payable ?? 0;
  return { refund, sale, due: sale - refund };
}

function Preview({ order, value }: { order: Schema<"Order">; value: Draft }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const back = linesOf(value);
  const { lines } = cartOf(order, value);
  const quote = useQuery({
    queryKey: ["exchange-quote", order.id, back, lines],
    enabled: back.length > 0 && lines.length > 0,
    placeholderData: (old) => old,
    queryFn: () => priced(order, value),
  });
  if (back.length === 0 || lines.length === 0) return <p className="help">{t("running.exchange.none")}</p>;
  if (quote.error) return <ProblemNotice error={quote.error} />;
  if (!quote.data) return null;
  const { refund, sale, due } = quote.data;
  return (
    <section aria-label={t("running.exchange.preview")} aria-live="polite">
      <p>
        {t("running.exchange.backWorth")} {f.money(refund)} · {t("running.exchange.outWorth")} {f.money(sale)}
      </p>
      <p>
        <b>
          {due === 0
            ? t("running.exchange.even")
            : due > 0
              ? t("running.exchange.pay", { amount: f.money(due) })
              : t("running.exchange.give", { amount: f.money(-due) })}
        </b>{" "}
        {due < 0 && t("running.exchange.giveHelp")}
      </p>
    </section>
  );
}
