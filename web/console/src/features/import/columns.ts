import type { Schema } from "@shuke/api";

/** The field of each column of a file, in the header's order; none where a column is left out. */
export type Columns = (string | null)[];

/** The columns when one of them is given to a field, or to none: a field has one column at most. */
export function withColumn(columns: Columns, at: number, field: string | null): Columns {
  return columns.map((old, place) => (place === at ? field : old === field ? null : old));
}

/** What is said about every field, so that nothing is guessed any more. */
export function mapOf(look: Pick<Schema<"Preview">, "fields" | "header">, columns: Columns): Schema<"Mapped">[] {
  return look.fields.map((name) => {
    const at = columns.indexOf(name);
    return { field: name, column: at < 0 ? "" : named(look.header, at) };
  });
}

/** A column by its name; by its number, counted from 1, where the name would not tell it from others. */
function named(header: string[], at: number): string {
  const name = (header[at] ?? "").trim();
  const alone = header.filter((one) => one.trim() === name).length === 1;
  return name && alone ? name : String(at + 1);
}

/** The groups of fields of which none has a column yet. */
export function missing(required: string[][], columns: Columns): string[][] {
  return required.filter((group) => !group.some((name) => columns.includes(name)));
}
