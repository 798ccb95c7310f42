import { createFileRoute } from "@tanstack/react-router";
import { OrdersPage } from "../../features/order/OrdersPage";

export const Route = createFileRoute("/$merchant/orders/")({ component: OrdersPage });
