import { createFileRoute } from "@tanstack/react-router";
import { SubPage } from "../core/SubPage";
import { Orders } from "../features/order/Orders";
import { TopBar } from "../features/topbar/TopBar";

export const Route = createFileRoute("/orders")({
  component: () => (
    <SubPage top={<TopBar />}>
      <Orders />
    </SubPage>
  ),
});
