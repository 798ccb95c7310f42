import { createFileRoute } from "@tanstack/react-router";
import { StaffPages } from "../../features/staff/StaffPages";

export const Route = createFileRoute("/settings/staff")({ component: StaffPages });
