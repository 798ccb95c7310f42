import { createFileRoute } from "@tanstack/react-router";
import { Products } from "../../../features/product/Products";

export const Route = createFileRoute("/goods/products/")({ component: Products });
