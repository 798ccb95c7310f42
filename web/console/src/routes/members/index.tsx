import { createFileRoute } from "@tanstack/react-router";
import { MemberList } from "../../features/member/MemberList";

export const Route = createFileRoute("/members/")({ component: MemberList });
