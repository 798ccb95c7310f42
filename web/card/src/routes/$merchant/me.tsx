import { createFileRoute } from "@tanstack/react-router";
import { ProfilePage } from "../../features/profile/ProfilePage";
import { useMe } from "../../shared/me";

export const Route = createFileRoute("/$merchant/me")({ component: Profile });

function Profile() {
  const me = useMe();
  return me.data ? <ProfilePage me={me.data} /> : null;
}
