import { createFileRoute } from "@tanstack/react-router";
import { Points } from "../../features/points/Points";

export const Route = createFileRoute("/benefits/points")({ component: Points });
