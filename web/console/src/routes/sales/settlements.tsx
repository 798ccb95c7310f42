import { createFileRoute } from "@tanstack/react-router";
import { Settlements } from "../../features/settlement/Settlements";

export const Route = createFileRoute("/sales/settlements")({ component: Settlements });
