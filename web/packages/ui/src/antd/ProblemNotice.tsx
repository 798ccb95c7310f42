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
  const says = sentence(problem, language());
  // Of one field the problem's own sentence often says all of it.
  const faults = new Set((problem.body?.fields ?? []).map((fault) => fieldSentence(fault, language())));
  faults.delete(says);
  return (
    <Alert
      type={problem.offline ? "warning" : "error"}
      showIcon
      role="alert"
      title={says}
      description={
        faults.size > 0 || problem.status >= 500 ? (
          <>
            {[...faults].map((fault) => (
              <div key={fault}>{fault}</div>
            ))}
            {problem.status >= 500 && problem.requestId ? (
              <small>{t("problem.request", { id: problem.requestId })}</small>
            ) : null}
          </>
        ) : undefined
      }
      action={
        // What one may not, one may not again; what is not there, is not there again.
        onRetry && problem.status !== 403 && problem.status !== 404 ? (
          <Button size="small" onClick={onRetry}>
            {t("do.retry")}
          </Button>
        ) : undefined
      }
    />
  );
}
