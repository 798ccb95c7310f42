// What an analysis says, brought into the shapes that are drawn. Pure.
import type { Schema } from "@shuke/api";

export type Analysis = Schema<"Analysis">;
export type Words = Schema<"Words">;
export type Report = Schema<"RunReport">;
export type Table = Schema<"ReportTable">;
export type Cell = Schema<"ReportCell">;
export type Run = Schema<"Run">;

/** How the numbers of an axis are written: `money` is in major units, `minor` in minor ones. */
export type Unit = "share" | "money" | "minor" | "date" | "number";

export type Drawn = { title: string } & (
  | {
      kind: "lines";
      x: string;
      y: string;
      units: { x: Unit; y: Unit };
      lines: { name: string; style: Schema<"LineStyle">; points: [x: number, y: number][] }[];
      band: [x: number, low: number, high: number][];
    }
  | { kind: "bars"; axis: string; bars: { name: string; value: number; shown: string }[] }
  | { kind: "field"; rows: string[]; columns: string[]; values: (number | null)[][]; shares: boolean }
  | { kind: "flow"; from: string[]; to: string[]; links: [from: number, to: number, members: number][] }
  | {
      kind: "scatter";
      x: string;
      y: string;
      size: string;
      points: [name: string, x: number, y: number, size: number][];
    }
  | { kind: "profile"; axes: string[]; units: Unit[]; groups: { name: string; values: number[]; shown: string[] }[] }
  | { kind: "tiles"; tiles: Tile[] }
);

/** A cell of the map of values. */
export interface Tile {
  name: string;
  advice: string;
  members: number;
  share: number;
  money: number;
  moneyShare: number;
  /** Members more than some time ago; none where nothing is known of then. */
  change: number | undefined;
}

/** What texts a drawing needs beside the report's own. */
export interface Said {
  words: (words: Words) => string;
  cell: (cell: Cell, column: Words) => string;
  titles: { flow: string; scatter: string; profile: string; tiles: string };
  /** What an axis of dates is called, which the report counts in days. */
  day: string;
}

/** How an axis is written, from what it is called. */
export function unitOf(axis: Words): Unit {
  if (/share|retention|chance/.test(axis.en)) return "share";
  if (/^sales$|money/.test(axis.en)) return "money";
  return axis.en === "days from now" ? "date" : "number";
}

function plain(plot: Schema<"ReportPlot">, { words, day }: Said): Drawn {
  const title = words(plot.title);
  switch (plot.kind) {
    case "lines":
      return {
        kind: "lines",
        title,
        x: unitOf(plot.x) === "date" ? day : words(plot.x),
        y: words(plot.y),
        units: { x: unitOf(plot.x), y: unitOf(plot.y) },
        lines: plot.lines.map((line) => ({
          name: words(line.name),
          style: line.style,
          points: line.points.map(({ x, y }) => [x, y]),
        })),
        band: plot.band.map(({ x, low, high }) => [x, low, high]),
      };
    case "bars":
      return {
        kind: "bars",
        title,
        axis: words(plot.axis),
        bars: plot.bars.map((bar) => ({ name: words(bar.name), value: bar.value, shown: bar.shown })),
      };
    case "field":
      return {
        kind: "field",
        title,
        rows: plot.rows.map(words),
        columns: plot.columns.map(words),
        values: plot.values.map((row) => row.map((value) => value ?? null)),
        shares: plot.shares,
      };
  }
}

/** The number in a cell. */
export function numberOf(cell: Cell | undefined): number | undefined {
  switch (cell?.kind) {
    case "count":
    case "money":
    case "share":
    case "number":
      return cell.value;
    default:
      return undefined;
  }
}

/** The place of a column, by its English name; -1 where there is none. */
export function columnOf(table: Table | undefined, name: string): number {
  return table?.head.findIndex((head) => head.en === name) ?? -1;
}

const text = (cell: Cell | undefined, { words }: Said) =>
  cell?.kind === "word" ? words(cell.value) : cell?.kind === "name" ? cell.value : "";

/** Who moved from which stage to which. */
function flow(report: Report, said: Said): Drawn[] {
  const table = report.tables.find((one) => one.head[0]?.en === "then → now");
  if (!table) return [];
  const links = table.rows.flatMap((row, from) =>
    row.slice(1).flatMap((cell, to) => {
      const members = numberOf(cell) ?? 0;
      return members > 0 ? [[from, to, members] as [number, number, number]] : [];
    }),
  );
  if (links.length === 0) return [];
  const from = table.rows.map((row) => text(row[0], said));
  return [{ kind: "flow", title: said.titles.flow, from, to: table.head.slice(1).map(said.words), links }];
}

/** Rules by how frequent and how strong they are. */
function scatter(report: Report, said: Said): Drawn[] {
  const { list } = report;
  const at = Object.fromEntries(
    ["left", "right", "support", "confidence", "lift"].map((name) => [name, columnOf(list, name)]),
  ) as Record<"left" | "right" | "support" | "confidence" | "lift", number>;
  if (Object.values(at).includes(-1) || list.rows.length < 2) return [];
  const head = (place: number) => said.words(list.head[place] ?? { zh: "", en: "" });
  const points = list.rows.map((row): [string, number, number, number] => [
    `${text(row[at.left], said)} → ${text(row[at.right], said)}`,
    numberOf(row[at.support]) ?? 0,
    numberOf(row[at.lift]) ?? 0,
    numberOf(row[at.confidence]) ?? 0,
  ]);
  const [x, y, size] = [head(at.support), head(at.lift), head(at.confidence)];
  return [{ kind: "scatter", title: said.titles.scatter, x, y, size, points }];
}

/** What sets groups apart, one line a group. */
function profile(report: Report, said: Said): Drawn[] {
  const table = report.tables[0];
  if (columnOf(table, "group") !== 0 || !table || table.rows.length < 2) return [];
  const columns = table.head.map((_, at) => at).filter((at) => table.rows.every((row) => numberOf(row[at]) != null));
  const groups = table.rows.map((row) => ({
    name: text(row[0], said),
    values: columns.map((at) => numberOf(row[at]) ?? 0),
    shown: columns.map((at) => said.cell(row[at] as Cell, table.head[at] as Words)),
  }));
  const axes = columns.map((at) => said.words(table.head[at] as Words));
  const units = columns.map((at): Unit => (table.rows[0]?.[at]?.kind === "money" ? "minor" : "number"));
  return [{ kind: "profile", title: said.titles.profile, axes, units, groups }];
}

/** The eight cells of RFM as a map. */
function tiles(report: Report, said: Said): Drawn[] {
  const table = report.tables.find((one) => one.head[0]?.en === "cell");
  if (!table) return [];
  const at = (name: string) => columnOf(table, name);
  const of = table.rows.map((row) => ({
    name: text(row[0], said),
    advice: text(row[at("what to do")], said),
    members: numberOf(row[at("members")]) ?? 0,
    share: numberOf(row[at("share")]) ?? 0,
    money: numberOf(row[at("money")]) ?? 0,
    moneyShare: numberOf(row[at("share of money")]) ?? 0,
    change: numberOf(row[at("change in 90 days")]),
  }));
  return [{ kind: "tiles", title: said.titles.tiles, tiles: of }];
}

/** Everything that is drawn of a report, the most telling first. */
export function drawings(analysis: Analysis, report: Report, said: Said): Drawn[] {
  const own = report.plots.map((plot) => plain(plot, said)).filter(hasData);
  switch (analysis) {
    // The map says what the bars would.
    case "rfm":
      return [...tiles(report, said), ...own.filter((plot) => plot.kind !== "bars")];
    case "stages":
      return [...own.slice(0, 1), ...flow(report, said), ...own.slice(1)];
    case "basket":
      return [...own, ...scatter(report, said)];
    case "clusters":
      return [...own, ...profile(report, said)];
    default:
      return own;
  }
}

function hasData(plot: Drawn): boolean {
  switch (plot.kind) {
    case "lines":
      return plot.lines.some((line) => line.points.length > 0);
    case "bars":
      return plot.bars.length > 0;
    case "field":
      return plot.values.some((row) => row.some((value) => value !== null));
    default:
      return true;
  }
}

/** The numbers of lines, one row an x, at most `rows` of them. */
export function lineRows(
  plot: Drawn & { kind: "lines" },
  rows: number,
): { x: number; values: (number | undefined)[] }[] {
  const all = [...new Set(plot.lines.flatMap((line) => line.points.map(([x]) => x)))].sort((a, b) => a - b);
  const step = Math.max(1, Math.ceil(all.length / rows));
  const low = new Map(plot.band.map(([x, value]) => [x, value]));
  const high = new Map(plot.band.map(([x, , value]) => [x, value]));
  const of = plot.lines.map((line) => new Map(line.points));
  return all
    .filter((_, at) => at % step === 0 || at === all.length - 1)
    .map((x) => ({
      x,
      values: [...of.map((points) => points.get(x)), ...(plot.band.length > 0 ? [low.get(x), high.get(x)] : [])],
    }));
}

/** Whether a plot takes the whole width: what is wide by itself, and who would else stand alone in a row. */
export function wideOnes(drawn: Drawn[]): boolean[] {
  const wide = drawn.map(
    (plot) => plot.kind === "tiles" || plot.kind === "profile" || (plot.kind === "field" && plot.columns.length > 10),
  );
  let open: number | undefined;
  const close = () => {
    if (open !== undefined) wide[open] = true;
    open = undefined;
  };
  drawn.forEach((_, at) => {
    if (wide[at]) close();
    else if (open === undefined) open = at;
    else open = undefined;
  });
  close();
  return wide;
}

/** Whether a table is told whole by a drawing. */
export function isDrawn(table: Table): boolean {
  return table.head[0]?.en === "cell" || table.head[0]?.en === "then → now";
}
