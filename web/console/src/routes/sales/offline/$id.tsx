import { createFileRoute } from "@tanstack/react-router";
import { OfflineSalePage } from "../../../features/offline/OfflineSalePage";

export const Route = createFileRoute("/sales/offline/$id")({ component: Page });

function Page() {
  const { id } = Route.useParams();
  return <OfflineSalePage key={id} id={id} />;
}
