import { createFileRoute } from "@tanstack/react-router";
import { RewardsPage } from "../../features/reward/RewardsPage";

export const Route = createFileRoute("/$merchant/rewards")({ component: RewardsPage });
