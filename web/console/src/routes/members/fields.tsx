import { createFileRoute } from "@tanstack/react-router";
import { CustomFields } from "../../features/field/Fields";

export const Route = createFileRoute("/members/fields")({ component: CustomFields });
