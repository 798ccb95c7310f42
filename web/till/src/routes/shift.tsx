import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { SubPage } from "../core/SubPage";
import { ShiftPage } from "../features/shift/ShiftPage";
import { TopBar } from "../features/topbar/TopBar";

export const Route = createFileRoute("/shift")({ component: Shift });

function Shift() {
  const navigate = useNavigate();
  return (
    <SubPage top={<TopBar />}>
      <ShiftPage onSell={() => void navigate({ to: "/" })} />
    </SubPage>
  );
}
