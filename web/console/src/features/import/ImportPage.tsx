import { api, type Schema } from "@shuke/api";
import { fieldSentence, language } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Alert, Button, Progress, Spin } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { download } from "../../parts/csv";
import { useFormat, useLabel } from "../../parts/format";
import { Table } from "../../parts/List";
import { Facts, Loaded, useRefresh } from "../../parts/Parts";
import { type Columns as Chosen, mapOf, missing, withColumn } from "./columns";
import { Remove } from "./Imports";
import { useFieldName } from "./words";

type Upload = Schema<"Upload">;
type Preview = Schema<"Preview">;
type Report = Schema<"ImportReport">;

/** One file: what would come of it, how far it is, what came of it. */
export function ImportPage({ id }: { id: string }) {
  const upload = useQuery({
    queryKey: ["import", id],
    refetchInterval: (query) => (query.state.data?.state === "queued" ? 1_000 : false),
    queryFn: async () => (await api.GET("/api/v1/imports/{id}", { params: { path: { id } } })).data as Upload,
  });
  return <Loaded query={upload}>{(data) => <Page upload={data} />}</Loaded>;
}

function Page({ upload }: { upload: Upload }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const f = useFormat();
  const refresh = useRefresh();
  const navigate = useNavigate();
  return (
    <div className="stack">
      <header className="page-head">
        <h1>{upload.name}</h1>
        <span className="page-actions">
          <Link to="/members/imports">{t("imports.all")}</Link>
          {upload.state !== "queued" && (
            <Remove
              id={upload.id}
              done={() => {
                refresh("imports");
                void navigate({ to: "/members/imports" });
              }}
            />
          )}
        </span>
      </header>
      <p className="help">
        {label("importKind", upload.kind)} · {label("importState", upload.state)} · {f.moment(upload.created_at)}
      </p>
      {upload.state === "failed" && <Fault text={upload.fault ?? ""} />}
      {(upload.state === "uploaded" || upload.state === "failed") && <Look upload={upload} />}
      {upload.state === "queued" && <Underway upload={upload} />}
      {upload.state === "done" && upload.report && <Result upload={upload} report={upload.report} />}
    </div>
  );
}

/** `code: what to do`, as the server keeps it, in a sentence. */
function Fault({ text }: { text: string }) {
  const [code = "", ...rest] = text.split(": ");
  return <Alert type="error" showIcon title={fieldSentence({ code, detail: rest.join(": ") || text }, language())} />;
}

function Look({ upload }: { upload: Upload }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const [map, setMap] = useState(upload.map);
  const [chosen, setChosen] = useState<Chosen>();
  const look = useQuery({
    queryKey: ["import-look", upload.id, JSON.stringify(map)],
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    queryFn: async () =>
      (await api.POST("/api/v1/imports/{id}/preview", { params: { path: { id: upload.id } }, body: { map } }))
        .data as Preview,
  });
  if (look.isPending)
    return (
      <div className="waiting" role="status">
        <Spin /> {t("imports.looking")}
      </div>
    );
  if (!look.data) return <ProblemNotice error={look.error} onRetry={() => void look.refetch()} />;
  const { report } = look.data;
  // What was chosen stands at once; what would come of it follows.
  const columns = chosen ?? look.data.columns;
  const choose = (at: number, field: string | null) => {
    const next = withColumn(columns, at, field);
    setChosen(next);
    setMap(mapOf(look.data, next));
  };
  const usable = report ? report.rows - report.bad_rows : 0;
  return (
    <>
      <Columns look={look.data} columns={columns} busy={look.isFetching} choose={choose} />
      <ProblemNotice error={look.error} />
      {look.data.fault && !look.isFetching && missing(look.data.required, columns).length === 0 && (
        <Fault text={look.data.fault} />
      )}
      {report && (
        <>
          <Counts title={t("imports.would")} report={report} />
          <Faults report={report} />
          <p className="page-actions">
            <Act
              primary
              disabled={look.isFetching}
              label={t("imports.start", { n: f.count(usable) })}
              ask={
                report.bad_rows > 0 ? t("imports.startAsk", { n: f.count(report.bad_rows) }) : t("imports.startAskAll")
              }
              said={t("imports.started")}
              act={(_key) =>
                api.POST("/api/v1/imports/{id}/start", { params: { path: { id: upload.id } }, body: { map } })
              }
              done={() => refresh("import", "imports")}
            />
          </p>
        </>
      )}
    </>
  );
}

/** The first rows, and above each column what it holds. */
function Columns({
  look,
  columns,
  busy,
  choose,
}: {
  look: Preview;
  columns: Chosen;
  busy: boolean;
  choose: (column: number, field: string | null) => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const fieldName = useFieldName();
  const lacking = missing(look.required, columns);
  return (
    <section className="form-section" aria-label={t("imports.columns")}>
      <h2>{t("imports.columns")}</h2>
      <p className="help">{t("imports.columnsHelp")}</p>
      {lacking.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t("imports.lacking", {
            fields: lacking.map((group) => group.map(fieldName).join(t("imports.or"))).join(t("imports.and")),
          })}
        />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable */}
      <section className="table" tabIndex={0} aria-label={t("imports.firstRows")} aria-busy={busy}>
        <table>
          <thead>
            <tr>
              {look.header.map((name, at) => (
                // Columns have no name of their own but their place.
                <th key={at} scope="col">
                  <div>{name || t("imports.unnamed", { n: at + 1 })}</div>
                  <select
                    aria-label={t("imports.columnIs", { name: name || at + 1 })}
                    value={columns[at] ?? ""}
                    onChange={(event) => choose(at, event.target.value || null)}
                  >
                    <option value="">{t("imports.unused")}</option>
                    {look.fields.map((field) => (
                      <option key={field} value={field}>
                        {fieldName(field)}
                      </option>
                    ))}
                  </select>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {look.first_rows.slice(0, 8).map((row, line) => (
              <tr key={line}>
                {look.header.map((_, at) => (
                  <td key={at}>{row[at]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function Counts({ title, report, children }: { title: string; report: Report; children?: ReactNode }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const counts = Object.entries(report.counts).filter(([name, count]) => !name.startsWith("bad.") && count !== 0);
  const write = (name: string, count: number) => (name.includes("amount") ? f.money(count) : f.count(count));
  return (
    <section className="form-section" aria-label={title}>
      <h2>{title}</h2>
      {children}
      <Facts
        items={[
          [t("imports.rows"), f.count(report.rows)],
          [t("imports.bad"), f.count(report.bad_rows)],
          ...counts.map(([name, count]): [string, string] => [label("importCount", name), write(name, count)]),
        ]}
      />
    </section>
  );
}

/** Why rows can't be used, one by one. */
function Faults({ report }: { report: Report }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const faults = report.faults ?? [];
  if (faults.length === 0) return null;
  const title = t("imports.faults", { n: f.count(report.bad_rows) });
  return (
    <section className="form-section" aria-label={title}>
      <h2>{title}</h2>
      <Table
        label={title}
        rows={faults}
        rowKey={(row) => `${row.line}${row.code}`}
        columns={[
          { key: "line", title: t("imports.line"), render: (row) => f.count(row.line) },
          {
            key: "why",
            title: t("imports.why"),
            render: (row) => fieldSentence({ code: row.code, detail: row.detail || row.code }, language()),
          },
        ]}
      />
      {report.bad_rows > faults.length && <p className="help">{t("imports.faultsMore", { n: faults.length })}</p>}
    </section>
  );
}

function Underway({ upload }: { upload: Upload }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const share = upload.rows ? Math.min(100, Math.floor((100 * upload.position) / upload.rows)) : 0;
  return (
    <section className="form-section" aria-label={t("imports.underway")} aria-live="polite">
      <h2>{t("imports.underway")}</h2>
      <Progress percent={share} status="active" aria-label={t("imports.underway")} />
      <p>{t("imports.progress", { done: f.count(upload.position), all: f.count(upload.rows) })}</p>
      <p className="help">{t("imports.leave")}</p>
    </section>
  );
}

function Result({ upload, report }: { upload: Upload; report: Report }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const places = { members: "/members", balances: "/members", products: "/goods/products", orders: "/sales/orders" };
  return (
    <>
      <Counts title={t("imports.result")} report={report}>
        {report.outcome === "already_imported" ? (
          <Alert type="info" showIcon title={t("imports.already")} />
        ) : (
          <Alert
            type={report.bad_rows > 0 ? "warning" : "success"}
            showIcon
            title={t("imports.came", { n: f.count(report.rows - report.bad_rows) })}
            description={report.bad_rows > 0 ? t("imports.cameBad", { n: f.count(report.bad_rows) }) : undefined}
          />
        )}
      </Counts>
      <p className="page-actions">
        {report.bad_rows > 0 && (
          <Act
            primary
            label={t("imports.badRows")}
            said={t("imports.badSaved")}
            act={async (_key) => {
              const { data } = await api.GET("/api/v1/imports/{id}/bad-rows", {
                params: { path: { id: upload.id } },
                parseAs: "text",
              });
              download(`${upload.name}.bad.csv`, data ?? "");
            }}
          />
        )}
        <Link to={places[upload.kind]}>
          <Button tabIndex={-1}>{t(`imports.see.${upload.kind}`)}</Button>
        </Link>
        <Link to="/members/imports">{t("imports.another")}</Link>
      </p>
      <Faults report={report} />
    </>
  );
}
