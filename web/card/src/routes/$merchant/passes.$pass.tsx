import { createFileRoute } from "@tanstack/react-router";
import { PassPage } from "../../features/holding/PassPages";

export const Route = createFileRoute("/$merchant/passes/$pass")({ component: Pass });

function Pass() {
  return <PassPage id={Route.useParams().pass} />;
}
