import { createFileRoute } from "@tanstack/react-router";
import { ImportPage } from "../../../features/import/ImportPage";

export const Route = createFileRoute("/members/imports/$id")({ component: Page });

function Page() {
  const { id } = Route.useParams();
  return <ImportPage key={id} id={id} />;
}
