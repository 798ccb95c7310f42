import { createFileRoute } from "@tanstack/react-router";
import { CardBatches } from "../../features/card/CardBatches";

export const Route = createFileRoute("/members/cards")({ component: CardBatches });
