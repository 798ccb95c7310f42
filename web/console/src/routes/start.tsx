import { createFileRoute } from "@tanstack/react-router";
import { Start } from "../features/setup/Start";

export const Route = createFileRoute("/start")({ component: Start });
