import { PLOT_COLOURS } from "@shuke/ui";
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { tooltip, useChart } from "./chart";

use([LineChart, BarChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, SVGRenderer]);

export interface Series {
  name: string;
  /** As they are written at the axis: major units. */
  values: number[];
}

interface Props {
  /** The question that the plot answers, and its answer: what a screen reader says. */
  label: string;
  kind: "line" | "bar";
  names: string[];
  series: Series[];
  /** Writes a value where it is pointed at. */
  write?: (value: number) => string;
}

// Told apart without colour too.
const DASHES = ["solid", "dashed", "dotted"] as const;
const SYMBOLS = ["circle", "rect", "triangle"] as const;
const SYMBOLS_UP_TO = 40;

/** A plot of a few series; loaded when one is shown. */
export default function Plot({ label, kind, names, series, write }: Props) {
  const place = useChart(JSON.stringify([kind, names, series]), (inks) => ({
    color: PLOT_COLOURS,
    tooltip: {
      ...tooltip(inks),
      trigger: "axis",
      valueFormatter: (value: unknown) => write?.(Number(value)) ?? String(value),
    },
    ...(series.length > 1 ? { legend: { top: 0, textStyle: { color: inks.text } } } : {}),
    grid: { left: 8, right: 16, top: series.length > 1 ? 36 : 16, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: names, axisLabel: { color: inks.text } },
    yAxis: { type: "value", axisLabel: { color: inks.text }, splitLine: { lineStyle: { color: inks.line } } },
    series: series.map((one, at) => ({
      type: kind,
      name: one.name,
      data: one.values,
      showSymbol: one.values.length < SYMBOLS_UP_TO,
      symbol: SYMBOLS[at % SYMBOLS.length],
      symbolSize: 6,
      lineStyle: { type: DASHES[at % DASHES.length], width: 2 },
      barMaxWidth: 48,
    })),
  }));
  return <div className="plot-canvas" ref={place} role="img" aria-label={label} />;
}
