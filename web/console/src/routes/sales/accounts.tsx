import { createFileRoute } from "@tanstack/react-router";
import { Accounts } from "../../features/account/Accounts";

export const Route = createFileRoute("/sales/accounts")({ component: Accounts });
