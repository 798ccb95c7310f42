import { createFileRoute } from "@tanstack/react-router";
import { ShiftPage } from "../../../features/shift/Shifts";

export const Route = createFileRoute("/sales/shifts/$id")({ component: Page });

function Page() {
  const { id } = Route.useParams();
  return <ShiftPage key={id} id={id} />;
}
