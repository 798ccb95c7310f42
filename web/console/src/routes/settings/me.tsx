import { createFileRoute } from "@tanstack/react-router";
import { Me } from "../../features/account-me/Me";

export const Route = createFileRoute("/settings/me")({ component: Me });
