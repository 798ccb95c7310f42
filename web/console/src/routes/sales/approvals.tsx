import { createFileRoute } from "@tanstack/react-router";
import { Approvals } from "../../features/approval/Approvals";

export const Route = createFileRoute("/sales/approvals")({ component: Approvals });
