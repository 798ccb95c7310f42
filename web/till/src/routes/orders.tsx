import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { beginExchange } from "../core/cart";
import { memberById } from "../core/members";
import { SubPage } from "../core/SubPage";
import { Orders } from "../features/order/Orders";
import { TopBar } from "../features/topbar/TopBar";

export const Route = createFileRoute("/orders")({ component: Page });

function Page() {
  const navigate = useNavigate();
  return (
    <SubPage top={<TopBar />}>
      <Orders
        onExchange={async (exchange) => {
          beginExchange(exchange, exchange.member ? await memberById(exchange.member) : undefined);
          await navigate({ to: "/" });
        }}
      />
    </SubPage>
  );
}
