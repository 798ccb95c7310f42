import { api, Problem, type ProblemBody } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { useFormat, useLabel } from "../../parts/format";
import { useRefresh } from "../../parts/Parts";
import { useActorName } from "../../parts/refs";
import { useAskedWords } from "./Ask";
import type { Run } from "./model";

/** A run that is under way: how far it is, and a way to stop it. It goes on when the page is left. */
export function Running({ run }: { run: Run }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refresh = useRefresh();
  const may = useMay("insight:run");
  const words = useAskedWords();
  const actor = useActorName();
  return (
    <section className="card" aria-label={t("insight.running")}>
      <div className="page-head">
        <h2>{t("insight.running")}</h2>
        {may && (
          <Act
            small
            danger
            label={t("insight.stop")}
            act={() => api.POST("/api/v1/insight/runs/{id}/cancel", { params: { path: { id: run.id } } })}
            done={() => refresh("insight")}
          />
        )}
      </div>
      <progress max={10_000} value={run.progress} aria-label={t("insight.progress")} />
      <p role="status">
        {label("runStep", run.step)} · {f.rate(run.progress)}
      </p>
      <p className="help">
        {words(run.analysis, run.parameters)} · {f.moment(run.created_at)} ·{" "}
        {run.scheduled ? t("insight.nightly") : actor(run.actor)}
      </p>
      <p className="help">{t("insight.leave")}</p>
    </section>
  );
}

/** What ended without a result, with its reason. */
export function Broken({
  state,
  code,
  fault,
}: {
  state: Run["state"];
  code?: string | null | undefined;
  fault?: string | null | undefined;
}) {
  const { t } = useTranslation(["app", "ui"]);
  if (state === "cancelled") return <p className="help">{t("insight.stopped")}</p>;
  return <ProblemNotice error={problemOf(code, fault)} />;
}

/** Why something ended without a result, as a problem that has its sentence in both languages. */
export function problemOf(code: string | null | undefined, fault: string | null | undefined): Problem {
  const body: ProblemBody = { code: code ?? "internal", detail: fault ?? "", status: 422, type: "about:blank" };
  return new Problem(body.code, body.status, body);
}
