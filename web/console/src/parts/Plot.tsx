import { mode, PLOT_COLOURS } from "@shuke/ui";
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef, useState } from "react";

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
  const place = useRef<HTMLDivElement>(null);
  const dark = useDark();
  const said = useRef(write);
  said.current = write;
  const data = JSON.stringify([names, series]);
  useEffect(() => {
    if (!place.current) return;
    const [bars, lines] = JSON.parse(data) as [string[], Series[]];
    const ink = dark ? "#d0d0d0" : "#444444";
    const chart = init(place.current, undefined, { renderer: "svg" });
    chart.setOption({
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 150,
      color: PLOT_COLOURS,
      aria: { enabled: false },
      tooltip: {
        trigger: "axis",
        confine: true,
        backgroundColor: dark ? "#2a2a2a" : "#ffffff",
        borderColor: dark ? "#555555" : "#d0d0d0",
        textStyle: { color: dark ? "#e8e8e8" : "#222222" },
        valueFormatter: (value: unknown) => said.current?.(Number(value)) ?? String(value),
      },
      ...(lines.length > 1 ? { legend: { top: 0, textStyle: { color: ink } } } : {}),
      grid: { left: 8, right: 16, top: lines.length > 1 ? 36 : 16, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: bars, axisLabel: { color: ink } },
      yAxis: {
        type: "value",
        axisLabel: { color: ink },
        splitLine: { lineStyle: { color: dark ? "#444444" : "#e0e0e0" } },
      },
      series: lines.map((one, at) => ({
        type: kind,
        name: one.name,
        data: one.values,
        showSymbol: one.values.length < SYMBOLS_UP_TO,
        symbol: SYMBOLS[at % SYMBOLS.length],
        symbolSize: 6,
        lineStyle: { type: DASHES[at % DASHES.length], width: 2 },
        barMaxWidth: 48,
      })),
    });
    const resize = new ResizeObserver(() => chart.resize());
    resize.observe(place.current);
    return () => {
      resize.disconnect();
      chart.dispose();
    };
  }, [kind, data, dark]);
  return <div className="plot-canvas" ref={place} role="img" aria-label={label} />;
}

/** Whether it is dark, now and when that changes. */
function useDark(): boolean {
  const [dark, setDark] = useState(() => mode() === "dark");
  useEffect(() => {
    const look = () => setDark(mode() === "dark");
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", look);
    addEventListener("shuke:mode", look);
    return () => {
      system.removeEventListener("change", look);
      removeEventListener("shuke:mode", look);
    };
  }, []);
  return dark;
}
