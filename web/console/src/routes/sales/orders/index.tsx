import { createFileRoute } from "@tanstack/react-router";
import { Orders } from "../../../features/order/Orders";

export const Route = createFileRoute("/sales/orders/")({ component: Orders });
