import { createFileRoute } from "@tanstack/react-router";
import { Shifts } from "../../../features/shift/Shifts";

export const Route = createFileRoute("/sales/shifts/")({ component: Shifts });
