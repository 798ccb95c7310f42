import { createFileRoute } from "@tanstack/react-router";
import { AnalysisPage } from "../../features/insight/AnalysisPage";

export const Route = createFileRoute("/insight/$analysis")({ component: Page });

function Page() {
  const { analysis } = Route.useParams();
  return <AnalysisPage key={analysis} analysis={analysis} />;
}
