import { createFileRoute } from "@tanstack/react-router";
import { CodeCard } from "../../features/code/CodeCard";
import { GroupsPart } from "../../features/group/GroupsPart";
import { HomePage } from "../../features/home/HomePage";
import { useMe } from "../../shared/me";

export const Route = createFileRoute("/$merchant/")({ component: Home });

function Home() {
  const me = useMe();
  return me.data ? <HomePage me={me.data} code={<CodeCard me={me.data} />} groups={<GroupsPart />} /> : null;
}
