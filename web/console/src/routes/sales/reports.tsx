import { createFileRoute } from "@tanstack/react-router";
import { Reports } from "../../features/report/Reports";

export const Route = createFileRoute("/sales/reports")({ component: Reports });
