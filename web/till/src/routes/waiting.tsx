import { createFileRoute } from "@tanstack/react-router";
import { SubPage } from "../core/SubPage";
import { TopBar } from "../features/topbar/TopBar";
import { Waiting } from "../features/waiting/Waiting";

export const Route = createFileRoute("/waiting")({
  component: () => (
    <SubPage top={<TopBar />}>
      <Waiting />
    </SubPage>
  ),
});
