import { createFileRoute } from "@tanstack/react-router";
import { Devices } from "../../features/device/Devices";

export const Route = createFileRoute("/settings/devices")({ component: Devices });
