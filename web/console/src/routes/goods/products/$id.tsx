import { createFileRoute } from "@tanstack/react-router";
import { ProductPage } from "../../../features/product/ProductPage";

export const Route = createFileRoute("/goods/products/$id")({ component: Page });

function Page() {
  const { id } = Route.useParams();
  return <ProductPage key={id} id={id} />;
}
