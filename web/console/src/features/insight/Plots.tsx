import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { type Analysis, type Drawn, drawings, lineRows, type Report, type Tile, wideOnes } from "./model";
import { useWrite } from "./write";

const Chart = lazy(() => import("./Chart"));

const ROWS_MAX = 120;

/** What is drawn of a report, each plot with the same in numbers. */
export function Plots({ analysis, report }: { analysis: Analysis; report: Report }) {
  const { t } = useTranslation(["app", "ui"]);
  const { words, cell } = useWrite(report.as_of);
  const titles = {
    flow: t("insight.plot.flow"),
    scatter: t("insight.plot.scatter"),
    profile: t("insight.plot.profile"),
    tiles: t("insight.plot.tiles"),
  };
  const drawn = drawings(analysis, report, { words, cell, titles, day: t("today.day") });
  const wide = wideOnes(drawn);
  return (
    <div className="plots">
      {drawn.map((plot, at) => (
        <section key={plot.title} className={wide[at] ? "plot wide" : "plot"} aria-label={plot.title}>
          <h2>{plot.title}</h2>
          {plot.kind === "tiles" ? (
            <Tiles tiles={plot.tiles} />
          ) : (
            <Suspense fallback={<div className="plot-canvas" aria-busy />}>
              <Drawing plot={plot} asOf={report.as_of} />
            </Suspense>
          )}
        </section>
      ))}
    </div>
  );
}

function Drawing({ plot, asOf }: { plot: Exclude<Drawn, { kind: "tiles" }>; asOf: string }) {
  const { value } = useWrite(asOf);
  return (
    <>
      <Chart plot={plot} write={value} />
      <Numbers plot={plot} asOf={asOf} />
    </>
  );
}

/** The eight cells: the stronger the ground, the more of the money. */
function Tiles({ tiles }: { tiles: Tile[] }) {
  const { t } = useTranslation(["app", "ui"]);
  const { share, f } = useWrite();
  const top = Math.max(...tiles.map((tile) => tile.moneyShare), 0.01);
  return (
    <ul className="tiles">
      {tiles.map((tile) => (
        <li key={tile.name} style={{ "--strength": `${Math.round((tile.moneyShare / top) * 26)}%` } as never}>
          <h3>{tile.name}</h3>
          <b>{t("insight.tile.members", { n: f.count(tile.members) })}</b>
          <span>{t("insight.tile.share", { share: share(tile.share) })}</span>
          <span>{t("insight.tile.money", { money: f.money(tile.money), share: share(tile.moneyShare) })}</span>
          {tile.change !== undefined && (
            <span className={tile.change > 0 ? "up" : tile.change < 0 ? "down" : undefined}>
              {tile.change === 0
                ? t("insight.tile.same")
                : t(tile.change > 0 ? "insight.tile.more" : "insight.tile.fewer", {
                    n: f.count(Math.abs(tile.change)),
                  })}
            </span>
          )}
          <p className="help">{tile.advice}</p>
        </li>
      ))}
    </ul>
  );
}

/** The same as a table, for who can't see the plot. */
function Numbers({ plot, asOf }: { plot: Exclude<Drawn, { kind: "tiles" }>; asOf: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const { value } = useWrite(asOf);
  return (
    <details>
      <summary>{t("today.inNumbers")}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable */}
      <section className="table low" tabIndex={0} aria-label={`${plot.title} ${t("today.inNumbers")}`}>
        <table>{rowsOf(plot, value, t("insight.low"), t("insight.high"))}</table>
      </section>
    </details>
  );
}

function rowsOf(
  plot: Exclude<Drawn, { kind: "tiles" }>,
  value: ReturnType<typeof useWrite>["value"],
  low: string,
  high: string,
): ReactNode {
  switch (plot.kind) {
    case "lines":
      return (
        <Grid
          head={[plot.x, ...plot.lines.map((line) => line.name), ...(plot.band.length > 0 ? [low, high] : [])]}
          rows={lineRows(plot, ROWS_MAX).map((row) => [
            value(row.x, plot.units.x),
            ...row.values.map((one) => (one === undefined ? "–" : value(one, plot.units.y))),
          ])}
        />
      );
    case "bars":
      return <Grid head={["", plot.axis]} rows={plot.bars.map((bar) => [bar.name, bar.shown])} />;
    case "field":
      return (
        <Grid
          head={["", ...plot.columns]}
          rows={plot.values.map((row, at) => [
            plot.rows[at] ?? "",
            ...row.map((one) => (one === null ? "–" : value(one, plot.shares ? "share" : "number"))),
          ])}
        />
      );
    case "flow":
      return (
        <Grid
          head={["", ...plot.to]}
          rows={plot.from.map((name, from) => [
            name,
            ...plot.to.map((_, to) =>
              value(plot.links.find((link) => link[0] === from && link[1] === to)?.[2] ?? 0, "number"),
            ),
          ])}
        />
      );
    case "scatter":
      return (
        <Grid
          head={["", plot.x, plot.y, plot.size]}
          rows={plot.points.map(([name, x, y, size]) => [
            name,
            value(x, "share"),
            value(y, "number"),
            value(size, "share"),
          ])}
        />
      );
    case "profile":
      return <Grid head={["", ...plot.axes]} rows={plot.groups.map((group) => [group.name, ...group.shown])} />;
  }
}

/** Rows of which the first cell names the row, the others are numbers. */
function Grid({ head, rows }: { head: string[]; rows: string[][] }) {
  return (
    <>
      <thead>
        <tr>
          {head.map((name, at) =>
            name ? (
              <th key={at} scope="col" className={at > 0 ? "number" : undefined}>
                {name}
              </th>
            ) : (
              <td key={at} />
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>
            {row.map((cell, place) =>
              place === 0 ? (
                <th key="name" scope="row">
                  {cell}
                </th>
              ) : (
                <td key={place} className="number">
                  {cell}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </>
  );
}
