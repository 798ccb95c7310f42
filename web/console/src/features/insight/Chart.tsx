import {
  BarChart,
  CustomChart,
  HeatmapChart,
  LineChart,
  ParallelChart,
  SankeyChart,
  ScatterChart,
} from "echarts/charts";
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from "echarts/components";
import { use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useChart } from "../../parts/chart";
import { type Charted, heightOf, optionOf, type Write } from "./options";

use([
  LineChart,
  BarChart,
  CustomChart,
  HeatmapChart,
  ParallelChart,
  SankeyChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
  AriaComponent,
  SVGRenderer,
]);

/** One plot of an analysis; loaded when one is shown. */
export default function Chart({ plot, write }: { plot: Charted; write: Write }) {
  const place = useChart(JSON.stringify(plot), (inks) => optionOf(plot, inks, write));
  return (
    <div className="plot-canvas" style={{ height: heightOf(plot) }} ref={place} role="img" aria-label={plot.title} />
  );
}
