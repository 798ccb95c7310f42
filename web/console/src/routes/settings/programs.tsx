import { createFileRoute } from "@tanstack/react-router";
import { Programs } from "../../features/program/Programs";

export const Route = createFileRoute("/settings/programs")({ component: Programs });
