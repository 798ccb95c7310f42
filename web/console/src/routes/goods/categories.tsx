import { createFileRoute } from "@tanstack/react-router";
import { Categories } from "../../features/category/Categories";

export const Route = createFileRoute("/goods/categories")({ component: Categories });
