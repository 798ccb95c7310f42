import { createFileRoute } from "@tanstack/react-router";
import { Trials } from "../../features/trial/Trials";

export const Route = createFileRoute("/benefits/trials")({ component: Trials });
