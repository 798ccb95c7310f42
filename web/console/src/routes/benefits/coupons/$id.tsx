import { createFileRoute } from "@tanstack/react-router";
import { TemplatePage } from "../../../features/coupon/TemplatePage";

export const Route = createFileRoute("/benefits/coupons/$id")({ component: Page });

function Page() {
  const { id } = Route.useParams();
  return <TemplatePage key={id} id={id} />;
}
