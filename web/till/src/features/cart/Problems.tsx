import { ProblemNotice } from "@shuke/ui/antd";
import { useTranslation } from "react-i18next";
import type { Quoting } from "../../core/useQuote";

/** Why there is no price, and what to do. */
export function Problems({ quoting }: { quoting: Quoting }) {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <>
      <ProblemNotice error={quoting.problem} onRetry={quoting.again} />
      {quoting.cannotAlone ? <p className="warn">{t(`alone.${quoting.cannotAlone}`)}</p> : null}
    </>
  );
}
