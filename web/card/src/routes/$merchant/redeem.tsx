import { createFileRoute } from "@tanstack/react-router";
import { RedeemPage } from "../../features/redeem/RedeemPage";

export const Route = createFileRoute("/$merchant/redeem")({ component: RedeemPage });
