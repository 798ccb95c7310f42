import { createFileRoute } from "@tanstack/react-router";
import { MemberPage } from "../../features/member/MemberPage";

export const Route = createFileRoute("/members/$id")({ component: Page });

function Page() {
  const { id } = Route.useParams();
  return <MemberPage key={id} id={id} />;
}
