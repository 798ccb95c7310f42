import { asProblem } from "@shuke/api";
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { language } from "../i18n";
import { fieldSentence, sentence } from "../problems";

/** The one way in which a refusal is shown: what happened, what is safe, what to do. */
export function ProblemNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation("ui");
  if (!error) return null;
  const problem = asProblem(error);
  const faults = problem.body?.fields ?? [];
  return (
    <Alert
      type={problem.offline ? "warning" : "error"}
      showIcon
      role="alert"
      title={sentence(problem, language())}
      description={
        faults.length > 0 || problem.status >= 500 ? (
          <>
            {[...new Set(faults.map((fault) => fieldSentence(fault, language())))].map((says) => (
              <div key={says}>{says}</div>
            ))}
            {problem.status >= 500 && problem.requestId ? (
              <small>{t("problem.request", { id: problem.requestId })}</small>
            ) : null}
          </>
        ) : undefined
      }
      action={
        // What one may not, one may not again.
        onRetry && problem.status !== 403 ? (
          <Button size="small" onClick={onRetry}>
            {t("do.retry")}
          </Button>
        ) : undefined
      }
    />
  );
}
