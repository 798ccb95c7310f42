import { api, once, type Schema } from "@shuke/api";
import { language, sentence, useMay } from "@shuke/ui";
import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { Empty } from "../../parts/List";
import { Loaded, useRefresh } from "../../parts/Parts";
import { Broken, problemOf } from "./Running";
import { isActive, runQuery, useCatalogue, useLake, useOwnStore, useRuns } from "./runs";
import { useWrite } from "./write";

const RUNS = 100;

/** The standard set: each analysis with its question and what was found last, in one sentence. */
export function Overview() {
  const { t } = useTranslation(["app", "ui"]);
  const { words, f } = useWrite();
  const refresh = useRefresh();
  const may = useMay("insight:run");
  const store = useOwnStore();
  const catalogue = useCatalogue();
  const lake = useLake();
  const all = useRuns({ limit: RUNS });
  const latest = useRuns({ latest: true, limit: RUNS });
  const ofStore = (all.data ?? []).filter((run) => (run.parameters.store ?? undefined) === store);
  const done = store ? ofStore.filter((run) => run.state === "done") : (latest.data ?? []);
  const details = useQueries({ queries: done.map((run) => runQuery(run.id)) });
  const active = (all.data ?? []).filter(isActive);
  // Where nothing was kept and nothing waits to be kept, nothing was sold yet.
  const empty = lake.data && lake.data.months.length === 0 && !lake.data.behind && done.length === 0;
  const analyses = catalogue.data ?? [];
  const runAll = async (key: string) => {
    for (const { analysis, nightly } of analyses)
      if (nightly && !active.some((run) => run.analysis === analysis && (run.parameters.store ?? undefined) === store))
        await api.POST("/api/v1/insight/runs", {
          params: { header: once(`${key}.${analysis}`) },
          body: { analysis, parameters: { store } as Schema<"Parameters"> },
        });
  };
  return (
    <div className="stack">
      <header className="page-head">
        <div>
          <h1>{t("page.insight")}</h1>
          <p className="help">{t("insight.about")}</p>
        </div>
        {may && !empty && (
          <div className="page-actions">
            <Act
              label={t("insight.refresh")}
              said={t("insight.refreshStarted")}
              disabled={lake.data?.refreshing ?? false}
              act={() => api.POST("/api/v1/insight/lake/refresh")}
              done={() => refresh("insight")}
            />
            <Act
              primary
              label={t("insight.runAll")}
              said={t("insight.ask.started")}
              act={runAll}
              done={() => refresh("insight")}
            />
          </div>
        )}
      </header>
      <Loaded query={lake}>
        {(state) => (
          <>
            <p className="help" role="status">
              {state.refreshing
                ? t("insight.refreshing")
                : state.refreshed_at != null
                  ? t(state.behind ? "insight.behind" : "insight.fresh", { when: f.moment(state.refreshed_at) })
                  : t("insight.never")}
              {active.length > 0 && ` · ${t("insight.underWay", { n: active.length })}`}
            </p>
            {state.fault && <Broken state="failed" code="lake_unreachable" fault={state.fault} />}
          </>
        )}
      </Loaded>
      {empty ? (
        <section className="list" aria-label={t("page.insight")}>
          <Empty text={t("insight.empty")}>
            <a href="/till/">{t("today.sellNow")}</a>
          </Empty>
        </section>
      ) : (
        <Loaded query={catalogue}>
          {(rows) => (
            <ul className="insights">
              {rows.map((info) => {
                const at = done.findIndex((run) => run.analysis === info.analysis);
                const found = details[at]?.data?.report;
                const running = active.find((run) => run.analysis === info.analysis);
                const broken = ofStore.find((run) => run.analysis === info.analysis && !isActive(run));
                return (
                  <li key={info.analysis} className="card" aria-busy={at >= 0 && details[at]?.isPending}>
                    <h2>
                      <Link to="/insight/$analysis" params={{ analysis: info.analysis }}>
                        {words(info.question)}
                      </Link>
                    </h2>
                    <p className="help">
                      {words(info.title)}
                      {found && ` · ${t("insight.asOf", { day: f.day(found.as_of) })}`}
                    </p>
                    {found ? (
                      <p>{found.findings[0] ? words(found.findings[0]) : "–"}</p>
                    ) : at < 0 && broken?.state === "failed" && !running ? (
                      <p className="soft">{sentence(problemOf(broken.fault_code, broken.fault), language())}</p>
                    ) : (
                      at < 0 &&
                      !running && <p className="soft">{t(info.nightly ? "insight.notYet" : "insight.choose")}</p>
                    )}
                    {running && (
                      <progress
                        max={10_000}
                        value={running.progress}
                        aria-label={`${words(info.title)} ${t("insight.progress")}`}
                      />
                    )}
                  </li>
                );
              })}
            </ul>
          )}
        </Loaded>
      )}
    </div>
  );
}
