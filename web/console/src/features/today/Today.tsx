import { api } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { shift, useFormat, usePeriod, useToday } from "../../parts/format";
import { Loaded } from "../../parts/Parts";
import { useUrl } from "../../parts/url";
import { Cards, Levers } from "./Figures";
import type { Overall } from "./figures";
import { Needs } from "./Needs";
import { Reach, Stages } from "./People";
import { Goods, Stores } from "./Places";
import { Plots } from "./Plots";
import { Unfinished } from "./Unfinished";

/** From how many thousandths of a piece down stock runs low. */
const LOW_MILLI = 2_000;
const AGAIN_MS = 60_000;

/** How it is going, and who needs me. */
export function Today() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const mayReport = useMay("report:read");
  const [{ store }] = useUrl();
  const { from, to, days } = usePeriod();
  const today = useToday();
  const figures = useQuery({
    queryKey: ["figures", from, to, store],
    enabled: mayReport,
    placeholderData: (old: Overall | undefined) => old,
    // What is going on is looked at again, what is over is not.
    refetchInterval: to >= today ? AGAIN_MS : false,
    queryFn: async () =>
      (await api.GET("/api/v1/figures", { params: { query: { from, to, store, low_milli: LOW_MILLI } } }))
        .data as Overall,
  });
  return (
    <>
      <header className="page-head">
        <div>
          <h1>{t("today.title")}</h1>
          {mayReport && (
            <p className="help">{t("today.versus", { from: f.day(shift(from, -days)), to: f.day(shift(from, -1)) })}</p>
          )}
        </div>
        <Button type="primary" href="/till/">
          {t("today.sellNow")}
        </Button>
      </header>
      {mayReport ? (
        <Loaded query={figures}>
          {(data) => (
            <div aria-busy={figures.isPlaceholderData}>
              {data.figures.orders === 0 && data.before.orders === 0 && <Unfinished />}
              <Cards data={data} />
              <Needs alerts={data.alerts} />
              <Plots data={data} />
              <div className="two">
                <Goods data={data} />
                <Levers data={data} />
              </div>
              <Stores data={data} />
            </div>
          )}
        </Loaded>
      ) : (
        <Needs />
      )}
      <div className="two">
        <Stages />
        {mayReport && <Reach />}
      </div>
    </>
  );
}
