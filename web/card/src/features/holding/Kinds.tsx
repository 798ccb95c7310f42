import { api, type Schema } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Part, Row } from "../../shared/parts";
import { usePen } from "../../shared/shop";

/** Other kinds of points than the shop's own; nothing where the shop has none. */
export function Kinds() {
  const { t } = useTranslation();
  const pen = usePen();
  const { data = [] } = useQuery({
    queryKey: ["get", "/api/v1/me/points-kinds"],
    queryFn: async () => (await api.GET("/api/v1/me/points-kinds")).data as Schema<"KindView">[],
  });
  if (data.length === 0) return null;
  return (
    <Part title={t("points.others")}>
      <ul className="list">
        {data.map(({ kind, name, pays, points }) => (
          <li key={kind}>
            <Row
              title={name}
              note={
                points.next_expiry
                  ? t("home.expires", {
                      amount: pen.count(points.next_expiry.amount),
                      day: pen.day(points.next_expiry.on),
                    })
                  : t(pays ? "points.pays" : "points.redeems")
              }
              side={pen.count(points.available)}
            />
          </li>
        ))}
      </ul>
    </Part>
  );
}
