import { createFileRoute } from "@tanstack/react-router";
import { WalletPage } from "../../features/holding/WalletPage";

export const Route = createFileRoute("/$merchant/wallet")({ component: WalletPage });
