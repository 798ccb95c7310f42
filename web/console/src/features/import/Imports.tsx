import { api, type Schema } from "@shuke/api";
import { language, useMay } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { download, toCsv } from "../../parts/csv";
import { Form } from "../../parts/form/Form";
import { useFormat, useLabel, useOptions, usePeriod } from "../../parts/format";
import { List } from "../../parts/List";
import { TabPage, useRefresh } from "../../parts/Parts";
import { useUrl } from "../../parts/url";
import { TEMPLATES, useFieldName } from "./words";

type Upload = Schema<"Upload">;
type Kind = Schema<"ImportKind">;

/** Brings the shop's data in from files, and takes it out. */
export function Imports() {
  const { t } = useTranslation(["app", "ui"]);
  const mayBring = useMay("org:write");
  const mayTake = useMay("member:export");
  const tabs = [
    { key: "in", label: t("imports.in"), may: mayBring, render: () => <In /> },
    { key: "out", label: t("imports.out"), may: mayTake, render: () => <Out /> },
  ];
  return <TabPage title={t("page.imports")} tabs={tabs.filter((tab) => tab.may)} />;
}

function In() {
  return (
    <div className="stack">
      <Bring />
      <Brought />
    </div>
  );
}

/** The file and what it holds; after it is here, its own page shows what would come of it. */
function Bring() {
  const { t } = useTranslation(["app", "ui"]);
  const options = useOptions();
  const label = useLabel();
  const fieldName = useFieldName();
  const navigate = useNavigate();
  const refresh = useRefresh();
  const id = useId();
  const [search, setUrl] = useUrl();
  const kinds = options("importKind");
  const kind = (kinds.find((one) => one.value === search.kind)?.value ?? "members") as Kind;
  const [file, setFile] = useState<File>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const bring = async () => {
    if (!file || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const { data } = await api.POST("/api/v1/imports", {
        params: { query: { kind, name: file.name } },
        // The bytes as they are: the document can only say that they are numbers.
        body: file as unknown as number[],
        bodySerializer: (body) => body as unknown as Blob,
        headers: { "Content-Type": "application/octet-stream" },
      });
      refresh("imports");
      if (data) await navigate({ to: "/members/imports/$id", params: { id: data.id } });
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  return (
    <section className="form-section" aria-label={t("imports.bring")}>
      <h2>{t("imports.bring")}</h2>
      <div className="field">
        <label htmlFor={`${id}-kind`}>{t("imports.kind")}</label>
        <div>
          <select id={`${id}-kind`} value={kind} onChange={(event) => setUrl({ kind: event.target.value })}>
            {kinds.map((one) => (
              <option key={one.value} value={one.value}>
                {one.label}
              </option>
            ))}
          </select>
          <p className="help">{t(`imports.holds.${kind}`)}</p>
        </div>
      </div>
      <div className="field">
        <span aria-hidden>{t("imports.file")}</span>
        <div>
          <input
            id={`${id}-file`}
            className="hidden"
            type="file"
            aria-label={t("imports.file")}
            accept=".csv,.tsv,.txt,.xlsx,.gz"
            onChange={(event) => setFile(event.target.files?.[0])}
          />
          <label htmlFor={`${id}-file`} className="file-button">
            {t("imports.choose")}
          </label>
          <span className="file-name">{file?.name ?? t("imports.notChosen")}</span>
          <p className="help">{t("imports.fileHelp")}</p>
        </div>
      </div>
      <ProblemNotice error={error} />
      <p className="page-actions">
        <Button type="primary" loading={busy} disabled={!file} onClick={() => void bring()}>
          {t("imports.look")}
        </Button>
        <Button
          type="text"
          onClick={() =>
            download(
              `${t("imports.templateName", { kind: label("importKind", kind) })}.csv`,
              toCsv([TEMPLATES[kind].map(fieldName)]),
            )
          }
        >
          {t("imports.template")}
        </Button>
      </p>
    </section>
  );
}

function Brought() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refresh = useRefresh();
  return (
    <List<Upload>
      inner
      id="imports"
      title={t("imports.brought")}
      rowKey={(row) => row.id}
      columns={[
        {
          key: "name",
          title: t("imports.file"),
          render: (row) => (
            <Link to="/members/imports/$id" params={{ id: row.id }}>
              {row.name}
            </Link>
          ),
          text: (row) => row.name,
        },
        { key: "kind", title: t("imports.kind"), render: (row) => label("importKind", row.kind) },
        { key: "state", title: t("form.state"), render: (row) => label("importState", row.state) },
        { key: "rows", title: t("imports.rows"), number: true, render: (row) => f.count(row.rows) },
        { key: "bad", title: t("imports.bad"), number: true, render: (row) => f.count(row.report?.bad_rows) },
        { key: "at", title: t("form.when"), render: (row) => f.moment(row.created_at) },
        {
          key: "actions",
          title: t("form.actions"),
          render: (row) => row.state !== "queued" && <Remove id={row.id} done={() => refresh("imports")} />,
        },
      ]}
      load={async (_, cursor, limit) =>
        (await api.GET("/api/v1/imports", { params: { query: { cursor, limit } } })).data
      }
      empty={{ text: t("imports.none") }}
    />
  );
}

/** Takes a file off the list; what was imported from it stays. */
export function Remove({ id, done }: { id: string; done: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <Act
      small
      label={t("ui:do.remove")}
      ask={t("imports.removeAsk")}
      act={(_key) => api.DELETE("/api/v1/imports/{id}", { params: { path: { id } } })}
      done={done}
    />
  );
}

interface Wanted {
  kind: "members" | "orders" | "refunds" | "products" | "balances";
  format: "csv" | "xlsx";
  personal: boolean;
  from: string | null;
  to: string | null;
}

/** One list as a file. The log keeps who took it. */
function Out() {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const options = useOptions();
  const period = usePeriod();
  const dated = (value: Wanted) => value.kind === "orders" || value.kind === "refunds";
  return (
    <Form<Wanted>
      id="export"
      quiet
      initial={{ kind: "members", format: "xlsx", personal: false, from: period.from, to: period.to }}
      submit={t("imports.take")}
      sections={[
        {
          title: t("imports.out"),
          help: t("imports.outHelp"),
          fields: [
            { at: "kind", kind: "choice", required: true, label: t("imports.list"), options: options("exportKind") },
            {
              at: "format",
              kind: "choice",
              required: true,
              label: t("imports.format"),
              options: [
                { value: "xlsx", label: t("imports.xlsx") },
                { value: "csv", label: t("imports.csv") },
              ],
            },
            {
              at: "personal",
              kind: "switch",
              label: t("imports.personal"),
              help: t("imports.personalHelp"),
              when: (value) => value.kind === "members",
            },
            { at: "from", kind: "date", label: t("shell.from"), when: dated },
            { at: "to", kind: "date", label: t("shell.to"), when: dated },
          ],
        },
      ]}
      save={async (value) => {
        const { kind, format, personal } = value;
        const dates = dated(value) ? { from: value.from ?? undefined, to: value.to ?? undefined } : {};
        const { data } = await api.GET("/api/v1/exports", {
          params: {
            query: {
              kind,
              format,
              personal: kind === "members" && personal,
              headings: language() === "zh" ? "zh" : "names",
              ...dates,
            },
          },
          parseAs: "blob",
        });
        download(`${label("exportKind", kind)}.${format}`, data as unknown as Blob);
      }}
    />
  );
}
