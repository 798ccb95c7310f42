import { createFileRoute } from "@tanstack/react-router";
import { GroupPage } from "../../features/group/GroupPage";

export const Route = createFileRoute("/$merchant/groups/$group")({ component: Group });

function Group() {
  return <GroupPage id={Route.useParams().group} />;
}
