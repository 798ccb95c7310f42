import { createFileRoute } from "@tanstack/react-router";
import { PassesPage } from "../../features/holding/PassPages";

export const Route = createFileRoute("/$merchant/passes/")({ component: PassesPage });
