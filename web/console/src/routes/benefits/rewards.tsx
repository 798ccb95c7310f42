import { createFileRoute } from "@tanstack/react-router";
import { Rewards } from "../../features/reward/Rewards";

export const Route = createFileRoute("/benefits/rewards")({ component: Rewards });
