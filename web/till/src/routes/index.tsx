import { createFileRoute } from "@tanstack/react-router";
import { SellPage } from "../pages/SellPage";

export const Route = createFileRoute("/")({ component: SellPage });
