// Drawings as the plotting library takes them. Loaded with it, where a plot is shown.
import { PLOT_COLOURS } from "@shuke/ui";
import type { EChartsCoreOption } from "echarts/core";
import { type Inks, tooltip } from "../../parts/chart";
import type { Drawn, Unit } from "./model";

export type Write = (value: number, unit: Unit) => string;
type Of<Kind extends Drawn["kind"]> = Drawn & { kind: Kind };
export type Charted = Exclude<Drawn, { kind: "tiles" }>;

const DASHES = { solid: "solid", dashed: "dashed", dotted: "dotted", points: "solid" } as const;
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "pin"] as const;
/** From pale to strong: one hue, so that it is read by lightness. */
const SHADES = {
  light: ["#eef5fb", "#9ecae8", "#2f7fbf", "#0b3f6f"],
  dark: ["#1d2a35", "#27567c", "#3f93cf", "#b5ddf8"],
};
const LABELS_UP_TO = 14;

/** How high a plot is, in pixels. */
export function heightOf(plot: Charted): number {
  switch (plot.kind) {
    case "bars":
      return 48 + Math.max(3, plot.bars.length) * 30;
    case "field":
      return 96 + plot.rows.length * 28;
    case "lines":
    case "scatter":
      return 300;
    case "flow":
    case "profile":
      return 320;
  }
}

/** The option of a drawing. */
export function optionOf(plot: Charted, inks: Inks, write: Write): EChartsCoreOption {
  switch (plot.kind) {
    case "lines":
      return lines(plot, inks, write);
    case "bars":
      return bars(plot, inks);
    case "field":
      return field(plot, inks, write);
    case "flow":
      return flow(plot, inks, write);
    case "scatter":
      return scatter(plot, inks, write);
    case "profile":
      return profile(plot, inks, write);
  }
}

/** On dark ground the pale one of two blues and of two greys stands out. */
const SWAPPED: Record<string, string> = { "#0072b2": "#56b4e9", "#56b4e9": "#0072b2", "#333333": "#c0c0c0" };
const palette = (inks: Inks) => (inks.dark ? PLOT_COLOURS.map((one) => SWAPPED[one] ?? one) : PLOT_COLOURS);

function axis(name: string, inks: Inks, unit: Unit, write: Write, across: boolean): Record<string, unknown> {
  return {
    type: "value",
    name,
    nameLocation: across ? "middle" : "end",
    nameGap: across ? 28 : 12,
    nameTextStyle: { color: inks.text, ...(across ? {} : { align: "left" }) },
    axisLabel: { color: inks.text, hideOverlap: true, formatter: (value: number) => write(value, unit) },
    axisLine: { onZero: false, lineStyle: { color: inks.text } },
    splitLine: { show: !across, lineStyle: { color: inks.line } },
    ...(across ? { min: "dataMin", max: "dataMax" } : {}),
  };
}

function lines(plot: Of<"lines">, inks: Inks, write: Write): EChartsCoreOption {
  const many = plot.lines.length > 1;
  const band = {
    type: "custom",
    silent: true,
    z: 1,
    tooltip: { show: false },
    encode: { x: 0, y: [1, 2] },
    data: plot.band,
    renderItem: (params: { dataIndex: number }, at: { coord: (point: number[]) => number[] }) =>
      params.dataIndex > 0
        ? undefined
        : {
            type: "polygon",
            shape: {
              points: [
                ...plot.band.map(([x, , high]) => at.coord([x, high])),
                ...plot.band.toReversed().map(([x, low]) => at.coord([x, low])),
              ],
            },
            style: { fill: inks.dark ? "#56b4e9" : "#0072b2", opacity: inks.dark ? 0.25 : 0.18 },
          },
  };
  return {
    color: palette(inks),
    tooltip: {
      ...tooltip(inks),
      trigger: "axis",
      axisPointer: { label: { show: true, formatter: ({ value }: { value: number }) => write(value, plot.units.x) } },
      valueFormatter: (value: unknown) => (value == null ? "–" : write(Number(value), plot.units.y)),
    },
    ...(many ? { legend: { top: 0, textStyle: { color: inks.text } } } : {}),
    grid: { left: 8, right: 24, top: many ? 56 : 32, bottom: 28, containLabel: true },
    xAxis: {
      ...axis(plot.x, inks, plot.units.x, write, true),
      // What is counted has no halves.
      minInterval: plot.lines.every((line) => line.points.every(([x]) => Number.isInteger(x))) ? 1 : 0,
    },
    yAxis: axis(plot.y, inks, plot.units.y, write, false),
    series: [
      ...plot.lines.map((line, at) => ({
        type: line.style === "points" ? "scatter" : "line",
        name: line.name,
        data: line.points,
        z: 2,
        symbol: SYMBOLS[at % SYMBOLS.length],
        symbolSize: 6,
        showSymbol: line.points.length <= LABELS_UP_TO,
        lineStyle: { type: DASHES[line.style], width: 2 },
      })),
      ...(plot.band.length > 0 ? [band] : []),
    ],
  };
}

function bars(plot: Of<"bars">, inks: Inks): EChartsCoreOption {
  const rows = plot.bars.toReversed();
  return {
    color: palette(inks),
    tooltip: {
      ...tooltip(inks),
      trigger: "axis",
      axisPointer: { type: "shadow" },
      valueFormatter: (value: unknown) => rows.find((bar) => bar.value === value)?.shown ?? String(value),
    },
    grid: { left: 8, right: 56, top: 8, bottom: 28, containLabel: true },
    xAxis: {
      type: "value",
      name: plot.axis,
      nameLocation: "middle",
      nameGap: 28,
      nameTextStyle: { color: inks.text },
      // The values stand at the bars.
      axisLabel: { show: false },
      splitLine: { show: false },
    },
    yAxis: {
      type: "category",
      data: rows.map((bar) => bar.name),
      axisLabel: { color: inks.text, width: 200, overflow: "truncate" },
      axisLine: { lineStyle: { color: inks.text } },
      axisTick: { show: false },
    },
    series: [
      {
        type: "bar",
        name: plot.axis,
        barMaxWidth: 22,
        data: rows.map((bar) => ({
          value: bar.value,
          label: { show: true, position: "right", color: inks.text, formatter: bar.shown },
        })),
      },
    ],
  };
}

function field(plot: Of<"field">, inks: Inks, write: Write): EChartsCoreOption {
  const cells = plot.values.flatMap((row, y) =>
    row.flatMap((value, x) => (value === null ? [] : [[x, y, value] as const])),
  );
  const top = Math.max(...cells.map(([, , value]) => value), plot.shares ? 0.01 : 1);
  const unit: Unit = plot.shares ? "share" : "number";
  const shades = inks.dark ? SHADES.dark : SHADES.light;
  return {
    tooltip: {
      ...tooltip(inks),
      formatter: ({ value: [x, y, value] }: { value: [number, number, number] }) =>
        `${plot.rows[y]} · ${plot.columns[x]}: ${write(value, unit)}`,
    },
    grid: { left: 8, right: 8, top: 8, bottom: 56, containLabel: true },
    xAxis: {
      type: "category",
      data: plot.columns,
      axisLabel: { color: inks.text },
      axisLine: { lineStyle: { color: inks.text } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: plot.rows,
      axisLabel: { color: inks.text },
      axisLine: { lineStyle: { color: inks.text } },
    },
    visualMap: {
      min: 0,
      max: top,
      orient: "horizontal",
      left: "center",
      bottom: 0,
      itemHeight: 120,
      itemWidth: 12,
      inRange: { color: shades },
      textStyle: { color: inks.text },
      text: [write(top, unit), write(0, unit)],
    },
    series: [
      {
        type: "heatmap",
        data: cells.map((value) => ({
          value: [...value],
          // Legible on pale and on strong.
          label: { color: value[2] / top > (inks.dark ? 0.75 : 0.5) === inks.dark ? "#111111" : "#ffffff" },
        })),
        label: {
          show: plot.columns.length <= LABELS_UP_TO,
          fontSize: 11,
          formatter: ({ value }: { value: [number, number, number] }) => write(value[2], unit),
        },
        itemStyle: { borderColor: inks.dark ? "#1b1b1b" : "#ffffff", borderWidth: 1 },
      },
    ],
  };
}

function flow(plot: Of<"flow">, inks: Inks, write: Write): EChartsCoreOption {
  const colours = palette(inks);
  const sum = (side: 0 | 1, at: number) =>
    plot.links.filter((link) => link[side] === at).reduce((total, link) => total + link[2], 0);
  // A stage has one colour on both sides.
  const colour = (name: string) =>
    colours[[...plot.to, ...plot.from.filter((one) => !plot.to.includes(one))].indexOf(name)];
  const nodes = (side: 0 | 1, names: string[]) =>
    names.flatMap((name, at) =>
      sum(side, at) > 0
        ? [
            {
              name: `${side}:${name}`,
              depth: side,
              itemStyle: { color: colour(name) },
              label: {
                color: inks.text,
                textBorderWidth: 0,
                position: side === 0 ? "right" : "left",
                formatter: `${name} ${write(sum(side, at), "number")}`,
              },
            },
          ]
        : [],
    );
  return {
    tooltip: {
      ...tooltip(inks),
      formatter: ({ name, data, dataType }: { name: string; dataType?: string; data: { value?: number } }) =>
        dataType === "edge"
          ? `${name.replace(/\d:/g, "").replace(" > ", " → ")}: ${write(data.value ?? 0, "number")}`
          : name.slice(2),
    },
    series: [
      {
        type: "sankey",
        left: 8,
        right: 8,
        top: 8,
        bottom: 8,
        nodeGap: 12,
        draggable: false,
        layoutIterations: 0,
        data: [...nodes(0, plot.from), ...nodes(1, plot.to)],
        links: plot.links.map(([from, to, value]) => ({
          source: `0:${plot.from[from]}`,
          target: `1:${plot.to[to]}`,
          value,
        })),
        lineStyle: { color: "gradient", opacity: inks.dark ? 0.45 : 0.35, curveness: 0.5 },
      },
    ],
  };
}

function scatter(plot: Of<"scatter">, inks: Inks, write: Write): EChartsCoreOption {
  return {
    color: palette(inks),
    tooltip: {
      ...tooltip(inks),
      formatter: ({ value: [x, y, size, name] }: { value: [number, number, number, string] }) =>
        [
          escaped(name),
          `${plot.x} ${write(x, "share")}`,
          `${plot.y} ${write(y, "number")}`,
          `${plot.size} ${write(size, "share")}`,
        ].join("<br>"),
    },
    grid: { left: 8, right: 24, top: 32, bottom: 28, containLabel: true },
    xAxis: { ...axis(plot.x, inks, "share", write, true), scale: true, min: 0, max: undefined },
    yAxis: { ...axis(plot.y, inks, "number", write, false), scale: true },
    series: [
      {
        type: "scatter",
        itemStyle: { opacity: 0.7 },
        data: plot.points.map(([name, x, y, size]) => [x, y, size, name]),
        symbolSize: (value: number[]) => 6 + 18 * (value[2] ?? 0),
      },
    ],
  };
}

/** Names of goods are the shop's, and no markup. */
function escaped(name: string): string {
  return name.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function profile(plot: Of<"profile">, inks: Inks, write: Write): EChartsCoreOption {
  const colours = palette(inks);
  return {
    color: colours,
    tooltip: {
      ...tooltip(inks),
      formatter: ({ seriesName, seriesIndex }: { seriesName: string; seriesIndex: number }) =>
        [
          `<b>${escaped(seriesName)}</b>`,
          ...plot.axes.map((name, at) => `${name} ${plot.groups[seriesIndex]?.shown[at] ?? ""}`),
        ].join("<br>"),
    },
    legend: { top: 0, type: "scroll", textStyle: { color: inks.text }, data: plot.groups.map((group) => group.name) },
    parallel: { left: 48, right: 96, top: 72, bottom: 24, parallelAxisDefault: { type: "value" } },
    parallelAxis: plot.axes.map((name, dim) => ({
      dim,
      name,
      nameTextStyle: { color: inks.text },
      splitNumber: 2,
      axisLabel: {
        color: inks.text,
        textBorderColor: inks.paper,
        textBorderWidth: 2,
        formatter: (value: number) => write(value, plot.units[dim] ?? "number"),
      },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: inks.text } },
    })),
    series: plot.groups.map((group, at) => ({
      type: "parallel",
      name: group.name,
      lineStyle: {
        width: 3,
        opacity: 0.9,
        color: colours[at % colours.length],
        type: (["solid", "dashed", "dotted"] as const)[at % 3],
      },
      data: [group.values],
    })),
  };
}
