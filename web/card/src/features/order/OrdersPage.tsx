import { api, type Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import { usePages } from "../../shared/pages";
import { Empty, Loaded, More, Page, Row } from "../../shared/parts";
import { usePen, useShop } from "../../shared/shop";

export type MyOrder = Schema<"MyOrder">;

export function OrdersPage() {
  const { t } = useTranslation();
  const { merchant } = useShop();
  const orders = usePages("/api/v1/me/orders", {}, async (cursor) => {
    const { data } = await api.GET("/api/v1/me/orders", { params: { query: { cursor, limit: 20 } } });
    return data as { items: MyOrder[]; next?: string | null };
  });
  return (
    <Page title={t("order.title")}>
      <ul className="list">
        <li>
          <Row title={t("order.claim")} to="/$merchant/claim" params={{ merchant: String(merchant) }} />
        </li>
      </ul>
      <Loaded query={orders}>
        {(items) => (
          <>
            {items.length === 0 ? <Empty>{t("order.none")}</Empty> : null}
            <ul className="list">
              {items.map((order) => (
                <li key={order.id}>
                  <OrderRow order={order} />
                </li>
              ))}
            </ul>
            <More query={orders} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function OrderRow({ order }: { order: MyOrder }) {
  const { t } = useTranslation();
  const pen = usePen();
  const { merchant } = useShop();
  const first = order.lines[0]?.name ?? order.number;
  const back =
    order.refunded <= 0
      ? undefined
      : order.refunded >= order.total
        ? t("order.refundedAll")
        : t("order.refundedPart", { amount: pen.money(order.refunded) });
  return (
    <Row
      title={order.lines.length > 1 ? t("order.items", { name: first, n: order.lines.length }) : first}
      note={pen.moment(order.at)}
      side={pen.money(order.total)}
      sideNote={
        back ?? (order.points_earned > 0 ? t("order.earned", { n: pen.count(order.points_earned) }) : undefined)
      }
      to="/$merchant/orders/$order"
      params={{ merchant: String(merchant), order: order.id }}
    />
  );
}
