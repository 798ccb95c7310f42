import { createFileRoute } from "@tanstack/react-router";
import { TierPage } from "../../features/holding/TierPage";

export const Route = createFileRoute("/$merchant/tier")({ component: TierPage });
