import { createFileRoute } from "@tanstack/react-router";
import { OrderPage } from "../../features/order/OrderPage";

export const Route = createFileRoute("/$merchant/orders/$order")({ component: Order });

function Order() {
  return <OrderPage id={Route.useParams().order} />;
}
