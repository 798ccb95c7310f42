import { createFileRoute } from "@tanstack/react-router";
import { Shop } from "../../features/shop/Shop";

export const Route = createFileRoute("/settings/shop")({ component: Shop });
