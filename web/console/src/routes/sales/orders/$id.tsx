import { createFileRoute } from "@tanstack/react-router";
import { OrderPage } from "../../../features/order/OrderPage";

export const Route = createFileRoute("/sales/orders/$id")({ component: Page });

function Page() {
  const { id } = Route.useParams();
  return <OrderPage key={id} id={id} />;
}
