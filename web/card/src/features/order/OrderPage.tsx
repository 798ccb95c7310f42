import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd-mobile";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Loaded, Page, Part, Row, Sheet } from "../../shared/parts";
import { useLabels, usePen, useShop } from "../../shared/shop";
import type { MyOrder } from "./OrdersPage";

export function OrderPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const { merchant } = useShop();
  const [receipt, setReceipt] = useState(false);
  const order = useQuery({
    queryKey: ["get", "/api/v1/me/orders/{id}", { id }],
    queryFn: async () => (await api.GET("/api/v1/me/orders/{id}", { params: { path: { id } } })).data as MyOrder,
  });
  const number = order.data?.number ?? "";
  return (
    <Page title={number ? t("order.number", { number }) : t("order.title")} up={`/${merchant}/orders`}>
      <Loaded query={order}>
        {(found) => (
          <>
            <Head order={found} />
            <Lines order={found} />
            <Sums order={found} />
            <Returns order={found} />
            <Button block size="large" onClick={() => setReceipt(true)}>
              {t("order.receipt")}
            </Button>
          </>
        )}
      </Loaded>
      {receipt ? (
        <Sheet title={t("order.receiptTitle", { number })} onClose={() => setReceipt(false)} plain>
          <Receipt id={id} title={t("order.receiptTitle", { number })} />
        </Sheet>
      ) : null}
    </Page>
  );
}

function Head({ order }: { order: MyOrder }) {
  const { t } = useTranslation();
  const pen = usePen();
  const points = [
    order.points_earned > 0 ? t("order.earned", { n: pen.count(order.points_earned) }) : "",
    order.points_spent > 0 ? t("order.spent", { n: pen.count(order.points_spent) }) : "",
  ].filter(Boolean);
  return (
    <div className="figure">
      <span className="figure-label">{pen.moment(order.at)}</span>
      <strong>{pen.money(order.total)}</strong>
      {points.length > 0 ? <span className="row-note">{points.join(" · ")}</span> : null}
    </div>
  );
}

function Lines({ order }: { order: MyOrder }) {
  const { t } = useTranslation();
  const pen = usePen();
  const pieces = (milli: number) => String(milli / 1000);
  return (
    <ul className="list">
      {order.lines.map((line) => (
        <li key={line.line}>
          <Row
            title={line.name}
            note={`${pen.money(line.unit_price)} ${t("order.quantity", { n: pieces(line.quantity_milli) })}`}
            side={pen.money(line.net)}
            sideNote={line.gross > line.net ? <s>{pen.money(line.gross)}</s> : undefined}
          />
        </li>
      ))}
    </ul>
  );
}

function Sums({ order }: { order: MyOrder }) {
  const { t } = useTranslation();
  const pen = usePen();
  const stage = useLabels("order.stage");
  const tender = useLabels("order.tender");
  return (
    <>
      <Part title={t("order.savings")}>
        <ul className="list">
          <li>
            <Row title={t("order.gross")} side={pen.money(order.gross)} />
          </li>
          {order.savings.map((saving, at) => (
            <li key={`${saving.stage}${saving.source}${at}`}>
              <Row
                title={saving.name || stage(saving.stage)}
                note={saving.name && saving.name !== stage(saving.stage) ? stage(saving.stage) : undefined}
                side={pen.money(-saving.amount)}
              />
            </li>
          ))}
          <li>
            <Row title={t("order.total")} side={pen.money(order.total)} />
          </li>
        </ul>
      </Part>
      <Part title={t("order.payments")}>
        <ul className="list">
          {order.payments.map((payment) => (
            <li key={payment.tender}>
              <Row title={tender(payment.tender)} side={pen.money(payment.amount)} />
            </li>
          ))}
        </ul>
      </Part>
    </>
  );
}

function Returns({ order }: { order: MyOrder }) {
  const { t } = useTranslation();
  const pen = usePen();
  const returns: Schema<"Refund">[] = order.returns ?? [];
  if (returns.length === 0) return null;
  return (
    <Part title={t("order.returns")}>
      <ul className="list">
        {returns.map((refund) => (
          <li key={refund.id}>
            <Row
              title={refund.lines
                .map((line) => order.lines.find((sold) => sold.line === line.line)?.name ?? "")
                .join(" · ")}
              note={pen.moment(refund.at)}
              side={pen.money(refund.amount)}
              sideNote={
                refund.points_clawed > 0 ? t("order.pointsBack", { n: pen.count(refund.points_clawed) }) : undefined
              }
            />
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** The receipt as it was printed: a page of its own in a frame without scripts. */
function Receipt({ id, title }: { id: string; title: string }) {
  const receipt = useQuery({
    queryKey: ["get", "/api/v1/me/orders/{id}/receipt", { id }],
    queryFn: async () => {
      const { data } = await api.GET("/api/v1/me/orders/{id}/receipt", { params: { path: { id } } });
      return data as Schema<"ReceiptPage">;
    },
  });
  return (
    <Loaded query={receipt}>
      {({ html }) => <iframe className="receipt" title={title} sandbox="" srcDoc={html} />}
    </Loaded>
  );
}
