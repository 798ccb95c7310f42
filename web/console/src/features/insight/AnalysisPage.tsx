import { api } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { download } from "../../parts/csv";
import { Empty } from "../../parts/List";
import { Loaded, useRefresh } from "../../parts/Parts";
import { useUrl } from "../../parts/url";
import { Ask, useAskedWords } from "./Ask";
import { Groups } from "./Groups";
import { type Analysis, isDrawn, type Report, type Run } from "./model";
import { Plots } from "./Plots";
import { Broken, Running } from "./Running";
import { isActive, useCatalogue, useOwnStore, useRun, useRuns } from "./runs";
import { Steps } from "./Steps";
import { ReportTable } from "./Tables";
import { useWrite } from "./write";

/** One analysis: what it asks, what it found, what to do about it, and how it was done. */
export function AnalysisPage({ analysis }: { analysis: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const catalogue = useCatalogue();
  return (
    <Loaded query={catalogue}>
      {(all) => {
        const info = all.find((one) => one.analysis === analysis);
        return info ? <Page info={info} all={all} /> : <Empty text={t("insight.unknown")} />;
      }}
    </Loaded>
  );
}

type Info = NonNullable<ReturnType<typeof useCatalogue>["data"]>[number];

function Page({ info, all }: { info: Info; all: Info[] }) {
  const { t } = useTranslation(["app", "ui"]);
  const { words } = useWrite();
  const [{ run: chosen }] = useUrl();
  const store = useOwnStore();
  const runs = useRuns({ analysis: info.analysis });
  return (
    <div className="stack">
      <header>
        <nav className="siblings" aria-label={t("insight.all")}>
          <Link to="/insight" activeOptions={{ exact: true }}>
            {t("page.insight")}
          </Link>
          {all.map((one) => (
            <Link key={one.analysis} to="/insight/$analysis" params={{ analysis: one.analysis }}>
              {words(one.title)}
            </Link>
          ))}
        </nav>
        <h1>{words(info.title)}</h1>
        <p className="help">{words(info.question)}</p>
      </header>
      <Loaded query={runs}>
        {(rows) => {
          const own = rows.filter((run) => (run.parameters.store ?? undefined) === store);
          const done = own.filter((run) => run.state === "done");
          const shown = chosen ?? done[0]?.id;
          const last = own.find((run) => !isActive(run));
          return (
            <>
              {rows.filter(isActive).map((run) => (
                <Running key={run.id} run={run} />
              ))}
              {last && last.state !== "done" && <Broken state={last.state} code={last.fault_code} fault={last.fault} />}
              <Ask analysis={info.analysis} asked={done[0]?.parameters} open={!shown} />
              {shown ? (
                <Result key={shown} id={shown} info={info} done={done} />
              ) : (
                !rows.some(isActive) && (
                  <section className="list" aria-label={words(info.title)}>
                    <Empty text={t(store ? "insight.noneOfStore" : "insight.none")} />
                  </section>
                )
              )}
              {!shown && <Method info={info} />}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

function Result({ id, info, done }: { id: string; info: Info; done: Run[] }) {
  const run = useRun(id);
  return (
    <Loaded query={run}>
      {({ run, report }) =>
        report ? (
          <Found run={run} report={report} info={info} done={done} />
        ) : isActive(run) ? null : (
          <Broken state={run.state} code={run.fault_code} fault={run.fault} />
        )
      }
    </Loaded>
  );
}

function Found({ run, report, info, done }: { run: Run; report: Report; info: Info; done: Run[] }) {
  const { t } = useTranslation(["app", "ui"]);
  const { words, f } = useWrite(report.as_of);
  return (
    <>
      <section className="card" aria-label={t("insight.findings")}>
        <div className="page-head">
          <h2>{t("insight.findings")}</h2>
          <Kept run={run} done={done} />
        </div>
        <ul className="findings">
          {report.findings.map((finding) => (
            <li key={finding.zh}>{words(finding)}</li>
          ))}
        </ul>
        {report.warnings.length > 0 && (
          <div className="doubts">
            <h3>{t("insight.doubts")}</h3>
            <ul>
              {report.warnings.map((warning) => (
                <li key={warning.zh}>{words(warning)}</li>
              ))}
            </ul>
          </div>
        )}
      </section>
      <section className="card" aria-label={t("insight.next")}>
        <h2>{t("insight.next")}</h2>
        {report.next.map((step) => (
          <p key={step.zh}>{words(step)}</p>
        ))}
        <Steps analysis={run.analysis} of={run.parameters.of} />
        <Groups run={run.id} report={report} />
      </section>
      <Plots analysis={run.analysis as Analysis} report={report} />
      {report.tables
        .filter((table) => table.rows.length > 0 && !isDrawn(table))
        .map((table) => (
          <section key={words(table.title)} className="list" aria-label={words(table.title)}>
            <h2>{words(table.title)}</h2>
            <ReportTable table={table} label={words(table.title)} />
          </section>
        ))}
      {report.list.rows.length > 0 && (
        <section className="list" aria-label={t("insight.list")}>
          <h2>{t("insight.list")}</h2>
          <p className="help">
            {t("insight.listHelp", { n: f.count(report.list.rows.length), all: f.count(run.list_rows) })}
          </p>
          <details>
            <summary>{t("insight.listOpen")}</summary>
            <ReportTable table={report.list} label={t("insight.list")} />
          </details>
        </section>
      )}
      <Method info={info} report={report} />
    </>
  );
}

/** Which of the kept results is shown, and taking it out. */
function Kept({ run, done }: { run: Run; done: Run[] }) {
  const { t } = useTranslation(["app", "ui"]);
  const { f } = useWrite();
  const [, setUrl] = useUrl();
  const refresh = useRefresh();
  const may = useMay("insight:run");
  const asked = useAskedWords();
  const id = useId();
  const path = { params: { path: { id: run.id } } };
  const name = `${run.analysis}-${run.as_of ?? ""}`;
  const all = done.some((one) => one.id === run.id) ? done : [run, ...done];
  return (
    <div className="page-actions">
      <label htmlFor={id}>{t("insight.kept")}</label>
      <select id={id} value={run.id} onChange={(event) => setUrl({ run: event.target.value })}>
        {all.map((one) => (
          <option key={one.id} value={one.id}>
            {f.moment(one.ended_at ?? one.created_at)} · {asked(one.analysis, one.parameters)}
            {one.scheduled ? ` · ${t("insight.nightly")}` : ""}
          </option>
        ))}
      </select>
      {run.list_rows > 0 && (
        <Act
          label={t("insight.csv")}
          said={t("insight.taken")}
          act={async () => {
            const { data } = await api.GET("/api/v1/insight/runs/{id}/list", { ...path, parseAs: "blob" });
            download(`${name}.csv`, data as unknown as Blob);
          }}
        />
      )}
      <Act
        label={t("insight.html")}
        said={t("insight.taken")}
        act={async () => {
          const { data } = await api.GET("/api/v1/insight/runs/{id}/page", { ...path, parseAs: "blob" });
          download(`${name}.html`, data as unknown as Blob, "text/html");
        }}
      />
      {may && (
        <Act
          danger
          label={t("ui:do.remove")}
          ask={t("insight.removeAsk")}
          act={() => api.DELETE("/api/v1/insight/runs/{id}", path)}
          done={() => {
            setUrl({ run: undefined });
            refresh("insight");
          }}
        />
      )}
    </div>
  );
}

/** How it was computed, by whom it was found out, and when not to trust it. */
function Method({ info, report }: { info: Info; report?: Report }) {
  const { t } = useTranslation(["app", "ui"]);
  const { words } = useWrite();
  return (
    <details className="card">
      <summary>{t("insight.method")}</summary>
      <dl className="method">
        {report && (
          <>
            <dt>{t("insight.how")}</dt>
            <dd>{words(report.method)}</dd>
          </>
        )}
        <dt>{t("insight.source")}</dt>
        <dd lang="en">{info.source}</dd>
        <dt>{t("insight.checked")}</dt>
        <dd>{words(info.checked)}</dd>
        <dt>{t("insight.distrust")}</dt>
        <dd>{words(info.distrust)}</dd>
      </dl>
    </details>
  );
}
