import { createFileRoute } from "@tanstack/react-router";
import { OfferPage } from "../../../features/offer/OfferPage";

export const Route = createFileRoute("/benefits/offers/$id")({ component: Page });

function Page() {
  const { id } = Route.useParams();
  return <OfferPage key={id} id={id} />;
}
