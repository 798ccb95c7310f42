import { createFileRoute } from "@tanstack/react-router";
import { TagList } from "../../features/member/Tags";

export const Route = createFileRoute("/members/tags")({ component: TagList });
