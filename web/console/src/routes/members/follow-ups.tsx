import { createFileRoute } from "@tanstack/react-router";
import { FollowUps } from "../../features/follow-up/FollowUps";

export const Route = createFileRoute("/members/follow-ups")({ component: FollowUps });
