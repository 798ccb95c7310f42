import { createFileRoute } from "@tanstack/react-router";
import { PointsPage } from "../../features/holding/PointsPage";

export const Route = createFileRoute("/$merchant/points")({ component: PointsPage });
