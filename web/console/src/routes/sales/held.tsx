import { createFileRoute } from "@tanstack/react-router";
import { Held } from "../../features/held/Held";

export const Route = createFileRoute("/sales/held")({ component: Held });
