import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useAssets } from "../../shared/assets";
import { Loaded, Page } from "../../shared/parts";
import { usePen, useShop } from "../../shared/shop";
import { Kinds } from "./Kinds";
import { Figure, Lots } from "./Lots";
import { Movements } from "./Movements";

export function PointsPage() {
  const { t } = useTranslation();
  const { merchant } = useShop();
  const pen = usePen();
  const assets = useAssets();
  const view = useQuery({
    queryKey: ["get", "/api/v1/me/points"],
    queryFn: async () => (await api.GET("/api/v1/me/points")).data as Schema<"PointsView">,
  });
  const due = view.data?.clock?.due_on;
  return (
    <Page title={t("home.points")} up={`/${merchant}`}>
      <Loaded query={assets}>
        {(found) => (
          <>
            <Figure
              value={pen.count(found.balances.points.available)}
              balance={found.balances.points}
              write={pen.count}
            />
            {due ? <p className="notice">{t("holding.clock", { day: pen.day(due) })}</p> : null}
            <Lots assets={found} kinds={["points"]} />
          </>
        )}
      </Loaded>
      <Kinds />
      <Movements kind="points" />
    </Page>
  );
}
