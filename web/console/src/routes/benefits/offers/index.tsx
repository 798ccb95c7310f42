import { createFileRoute } from "@tanstack/react-router";
import { Offers } from "../../../features/offer/Offers";

export const Route = createFileRoute("/benefits/offers/")({ component: Offers });
