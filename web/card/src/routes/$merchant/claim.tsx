import { createFileRoute } from "@tanstack/react-router";
import { ClaimPage } from "../../features/order/ClaimPage";

export const Route = createFileRoute("/$merchant/claim")({ component: ClaimPage });
