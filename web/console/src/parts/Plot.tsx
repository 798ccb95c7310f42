import { mode, PLOT_COLOURS } from "@shuke/ui";
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

use([LineChart, BarChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

interface Props {
  /** The question that the plot answers. */
  label: string;
  kind: "line" | "bar";
  names: string[];
  /** As they are written at the axis: major units. */
  values: number[];
}

/** A plot of one series; loaded when one is shown. */
export default function Plot({ label, kind, names, values }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const ink = mode() === "dark" ? "#d0d0d0" : "#444444";
    const chart = init(place.current, undefined, { renderer: "svg" });
    chart.setOption({
      animationDuration: 150,
      color: PLOT_COLOURS,
      aria: { enabled: true, label: { description: label } },
      tooltip: { trigger: "axis" },
      grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: names, axisLabel: { color: ink } },
      yAxis: { type: "value", axisLabel: { color: ink }, splitLine: { lineStyle: { opacity: 0.3 } } },
      series: [{ type: kind, data: values, showSymbol: values.length < 40, barMaxWidth: 48 }],
    });
    const resize = new ResizeObserver(() => chart.resize());
    resize.observe(place.current);
    return () => {
      resize.disconnect();
      chart.dispose();
    };
  }, [label, kind, names, values]);
  return <div className="plot-canvas" ref={place} role="img" aria-label={label} />;
}
