import { mode } from "@shuke/ui";
import { type EChartsCoreOption, init } from "echarts/core";
import { type RefObject, useEffect, useRef, useState } from "react";

/** The colours of a plot's frame; series have theirs from the palette. */
export interface Inks {
  dark: boolean;
  text: string;
  line: string;
  paper: string;
}

/** Draws into a place, again when what is drawn or the mode changes, and in step with the place's size. */
export function useChart(data: string, option: (inks: Inks) => EChartsCoreOption): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  const dark = useDark();
  const make = useRef(option);
  make.current = option;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `data` says when the option is another
  useEffect(() => {
    if (!place.current) return;
    const inks = {
      dark,
      text: dark ? "#d0d0d0" : "#444444",
      line: dark ? "#444444" : "#e0e0e0",
      paper: dark ? "#2a2a2a" : "#ffffff",
    };
    const chart = init(place.current, undefined, { renderer: "svg" });
    chart.setOption({
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 150,
      aria: { enabled: false },
      ...make.current(inks),
    });
    const resize = new ResizeObserver(() => chart.resize());
    resize.observe(place.current);
    return () => {
      resize.disconnect();
      chart.dispose();
    };
  }, [data, dark]);
  return place;
}

/** What is said where something is pointed at. */
export function tooltip(inks: Inks): Record<string, unknown> {
  return {
    confine: true,
    backgroundColor: inks.paper,
    borderColor: inks.dark ? "#555555" : "#d0d0d0",
    textStyle: { color: inks.dark ? "#e8e8e8" : "#222222" },
  };
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
