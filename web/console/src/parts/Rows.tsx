import type { UseQueryResult } from "@tanstack/react-query";
import { Button } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Column, Empty, Table } from "./List";
import { Loaded } from "./Parts";

/** A list of few, read whole: a table with one button to add and one to edit each row. */
export function Rows<Row>({
  title,
  query,
  columns,
  rowKey,
  empty,
  add,
  may,
  drawer,
  edit: editText,
}: {
  title: string;
  query: UseQueryResult<Row[]>;
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  empty: string;
  add: string;
  may: boolean;
  /** The form of a row, or of a new one. */
  drawer: (row: Row | undefined, close: () => void) => ReactNode;
  /** What the button of a row says; to edit, where it is left out. */
  edit?: string;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const [open, setOpen] = useState<{ row?: Row }>();
  const button = may && (
    <Button type="primary" onClick={() => setOpen({})}>
      {add}
    </Button>
  );
  const edit: Column<Row> = {
    key: "edit",
    title: t("form.actions"),
    render: (row) => (
      <Button size="small" onClick={() => setOpen({ row })}>
        {editText ?? t("ui:do.edit")}
      </Button>
    ),
  };
  return (
    <section className="list" aria-label={title}>
      <div className="page-head">
        <h2>{title}</h2>
        {button}
      </div>
      <Loaded query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty text={empty} />
          ) : (
            <Table label={title} rows={rows} rowKey={rowKey} columns={may ? [...columns, edit] : columns} />
          )
        }
      </Loaded>
      {open && drawer(open.row, () => setOpen(undefined))}
    </section>
  );
}
