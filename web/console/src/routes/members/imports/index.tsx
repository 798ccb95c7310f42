import { createFileRoute } from "@tanstack/react-router";
import { Imports } from "../../../features/import/Imports";

export const Route = createFileRoute("/members/imports/")({ component: Imports });
