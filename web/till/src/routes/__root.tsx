import { createRootRoute, Outlet, useNavigate } from "@tanstack/react-router";
import { Gate } from "../core/Gate";
import { Notices } from "../core/Notices";
import { useSnapshot } from "../core/snapshot";
import { useKeys } from "../core/useKeys";
import { ChoosePlace } from "../features/place/ChoosePlace";
import { SignIn } from "../features/signin/SignIn";

export const Route = createRootRoute({ component: Root });

function Root() {
  return (
    <Gate signIn={SignIn} choose={ChoosePlace}>
      <Pages />
    </Gate>
  );
}

function Pages() {
  const navigate = useNavigate();
  useSnapshot();
  useKeys({
    F6: () => void navigate({ to: "/orders" }),
    F7: () => void navigate({ to: "/shift" }),
  });
  return (
    <>
      <Outlet />
      <Notices />
    </>
  );
}
