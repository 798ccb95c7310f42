import { createFileRoute } from "@tanstack/react-router";
import { Tiers } from "../../features/tier/Tiers";

export const Route = createFileRoute("/benefits/tiers")({ component: Tiers });
