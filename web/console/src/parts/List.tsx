import { DownloadOutlined, SettingOutlined } from "@ant-design/icons";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Dropdown, Input, Spin } from "antd";
import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { download, toCsv } from "./csv";
import { type Search, useUrl } from "./url";

export interface Column<Row> {
  key: string;
  title: string;
  render: (row: Row) => ReactNode;
  /** What the export says where `render` answers more than text. */
  text?: (row: Row) => string;
  number?: boolean;
  /** Not shown until chosen. */
  hidden?: boolean;
}

export interface Filter {
  key: string;
  label: string;
  /** Without options a text. */
  options?: { value: string; label: string; disabled?: boolean }[];
  /** What stands where nothing is chosen; everything, where it is left out. */
  none?: string;
  type?: "date";
  /** How it is written. */
  hint?: string;
}

export interface Rows<Row> {
  items: Row[];
  next?: string | null;
}

interface Props<Row> {
  /** Names the list where its columns are remembered, and its queries. */
  id: string;
  title: string;
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  load: (search: Search, cursor: string | undefined, limit: number) => Promise<Rows<Row> | undefined>;
  filters?: Filter[];
  actions?: ReactNode;
  /** What the page is for, and one button. */
  empty: { text: string; action?: ReactNode };
  /** Parts of the address that the rows depend on beside the filters. */
  depends?: unknown[];
  note?: ReactNode;
  /** In a page with other things: a smaller title. */
  inner?: boolean;
}

const ROWS = 50;
const EXPORT_ROWS_MAX = 20_000;

/** The one list page: filtered on the server, by keyset cursor, state in the address, columns remembered. */
export function List<Row>(props: Props<Row>) {
  const { id, columns, filters = [], load, empty, rowKey } = props;
  const { t } = useTranslation(["app", "ui"]);
  const [search, setUrl] = useUrl();
  const [before, setBefore] = useState<string[]>([]);
  const [shown, setShown] = useColumns(id, columns);
  const asked = filters.map((filter) => search[filter.key]);
  const found = useQuery({
    queryKey: [id, ...asked, ...(props.depends ?? []), search.cursor],
    placeholderData: (old: Rows<Row> | undefined) => old,
    queryFn: async () => (await load(search, search.cursor, ROWS)) ?? { items: [] },
  });
  const rows = found.data?.items ?? [];
  const visible = columns.filter((column) => shown.includes(column.key));
  const next = found.data?.next;
  const Title = props.inner ? "h2" : "h1";
  return (
    <section className="list" aria-label={props.title}>
      <header className="page-head">
        <Title>{props.title}</Title>
        <div className="page-actions">
          <ExportButton {...props} visible={visible} search={search} />
          <ColumnsButton columns={columns} shown={shown} onChange={setShown} />
          {props.actions}
        </div>
      </header>
      {props.note}
      {filters.length > 0 && <Filters filters={filters} />}
      <ProblemNotice error={found.error} onRetry={() => void found.refetch()} />
      {found.isPending ? (
        <div className="waiting" role="status">
          <Spin /> {t("ui:state.loading")}
        </div>
      ) : rows.length === 0 && !found.error ? (
        <Empty text={asked.some(Boolean) ? t("list.nothingFound") : empty.text}>
          {asked.some(Boolean) ? (
            <Button onClick={() => setUrl(Object.fromEntries(filters.map((filter) => [filter.key, undefined])))}>
              {t("list.clear")}
            </Button>
          ) : (
            empty.action
          )}
        </Empty>
      ) : (
        <>
          <Table columns={visible} rows={rows} rowKey={rowKey} label={props.title} busy={found.isFetching} />
          {(search.cursor || next) && (
            <nav className="pager" aria-label={t("list.pages")}>
              <Button
                disabled={!search.cursor}
                onClick={() => {
                  setUrl({ cursor: before.at(-1) || undefined });
                  setBefore(before.slice(0, -1));
                }}
              >
                {before.length > 0 || !search.cursor ? t("list.previous") : t("list.first")}
              </Button>
              <Button
                disabled={!next}
                onClick={() => {
                  setBefore([...before, search.cursor ?? ""]);
                  setUrl({ cursor: next ?? undefined });
                }}
              >
                {t("list.next")}
              </Button>
            </nav>
          )}
        </>
      )}
    </section>
  );
}

/** A table of a few columns; the first names the row. */
export function Table<Row>({
  columns,
  rows,
  rowKey,
  label,
  busy,
}: {
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  label: string;
  busy?: boolean;
}) {
  return (
    // A table that is wider than the page scrolls by keyboard too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable
    <section className="table" tabIndex={0} aria-label={label} aria-busy={busy}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={column.number ? "number" : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.key} className={column.number ? "number" : undefined}>
                  {column.render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What an empty page is for, and its one button. */
export function Empty({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p>{text}</p>
      {children}
    </div>
  );
}

function Filters({ filters }: { filters: Filter[] }) {
  return (
    <search className="filters">
      {filters.map((filter) => (
        <FilterField key={filter.key} filter={filter} />
      ))}
    </search>
  );
}

function FilterField({ filter }: { filter: Filter }) {
  const { t } = useTranslation(["app", "ui"]);
  const [search, setUrl] = useUrl();
  const id = useId();
  const value = search[filter.key] ?? "";
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setText(value);
  }
  const commit = () => text !== value && setUrl({ [filter.key]: text.trim() || undefined });
  return (
    <div className="filter">
      <label htmlFor={id}>{filter.label}</label>
      {filter.options ? (
        <select id={id} value={value} onChange={(event) => setUrl({ [filter.key]: event.target.value || undefined })}>
          <option value="">{filter.none ?? t("list.all")}</option>
          {filter.options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabled}>
              {option.label}
            </option>
          ))}
        </select>
      ) : filter.type === "date" ? (
        <input
          id={id}
          type="date"
          value={value}
          onChange={(event) => setUrl({ [filter.key]: event.target.value || undefined })}
        />
      ) : (
        <Input
          id={id}
          allowClear
          placeholder={filter.hint}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            if (event.target.value === "" && value) setUrl({ [filter.key]: undefined });
          }}
          onPressEnter={commit}
          onBlur={commit}
        />
      )}
    </div>
  );
}

function useColumns<Row>(id: string, columns: Column<Row>[]): [string[], (keys: string[]) => void] {
  const place = `shuke.columns.${id}`;
  const [chosen, setChosen] = useState<string[] | undefined>(() => {
    const kept = localStorage.getItem(place);
    return kept ? kept.split(",") : undefined;
  });
  const shown = chosen ?? columns.filter((column) => !column.hidden).map((column) => column.key);
  return [
    shown,
    (keys) => {
      localStorage.setItem(place, keys.join(","));
      setChosen(keys);
    },
  ];
}

function ColumnsButton<Row>({
  columns,
  shown,
  onChange,
}: {
  columns: Column<Row>[];
  shown: string[];
  onChange: (keys: string[]) => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <Dropdown
      trigger={["click"]}
      popupRender={() => (
        <fieldset className="popup">
          <legend>{t("list.columns")}</legend>
          {columns.map((column, at) => (
            <Checkbox
              key={column.key}
              checked={shown.includes(column.key)}
              disabled={at === 0}
              onChange={(event) =>
                onChange(
                  columns
                    .map((one) => one.key)
                    .filter((key) => (key === column.key ? event.target.checked : shown.includes(key))),
                )
              }
            >
              {column.title}
            </Checkbox>
          ))}
        </fieldset>
      )}
    >
      <Button icon={<SettingOutlined />} aria-label={t("list.columns")} />
    </Dropdown>
  );
}

function ExportButton<Row>({ id, load, visible, search }: Props<Row> & { visible: Column<Row>[]; search: Search }) {
  const { t } = useTranslation(["app", "ui"]);
  const [done, setDone] = useState<number>();
  const [fault, setFault] = useState<unknown>();
  const run = async () => {
    setFault(undefined);
    setDone(0);
    try {
      const rows: Row[] = [];
      let cursor: string | undefined;
      do {
        const page = await load(search, cursor, 200);
        rows.push(...(page?.items ?? []));
        cursor = page?.next ?? undefined;
        setDone(rows.length);
      } while (cursor && rows.length < EXPORT_ROWS_MAX);
      const cell = (column: Column<Row>, row: Row) => {
        const shown = column.text ? column.text(row) : column.render(row);
        return typeof shown === "string" || typeof shown === "number" ? String(shown) : "";
      };
      const table = [visible.map((column) => column.title), ...rows.map((row) => visible.map((one) => cell(one, row)))];
      download(`${id}.csv`, toCsv(table));
    } catch (thrown) {
      setFault(thrown);
    }
    setDone(undefined);
  };
  return (
    <>
      {fault ? <ProblemNotice error={fault} /> : null}
      <Button
        icon={<DownloadOutlined />}
        loading={done !== undefined}
        aria-label={t("ui:do.export")}
        title={t("list.exportAll")}
        onClick={() => void run()}
      >
        {done === undefined ? null : done}
      </Button>
    </>
  );
}
