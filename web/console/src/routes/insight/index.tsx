import { createFileRoute } from "@tanstack/react-router";
import { Overview } from "../../features/insight/Overview";

export const Route = createFileRoute("/insight/")({ component: Overview });
