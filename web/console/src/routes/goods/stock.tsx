import { createFileRoute } from "@tanstack/react-router";
import { Stock } from "../../features/stock/Stock";

export const Route = createFileRoute("/goods/stock")({ component: Stock });
