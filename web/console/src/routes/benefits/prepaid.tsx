import { createFileRoute } from "@tanstack/react-router";
import { Prepaid } from "../../features/prepaid/Prepaid";

export const Route = createFileRoute("/benefits/prepaid")({ component: Prepaid });
