import { api } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert } from "antd";
import { useTranslation } from "react-i18next";

/** A shop that has sold nothing yet may have stopped half-way through its first steps: leads back to them. */
export function Unfinished() {
  const { t } = useTranslation(["app", "ui"]);
  const may = useMay("org:write");
  const lacking = useQuery({
    queryKey: ["start", "lacking"],
    enabled: may,
    queryFn: async () => {
      const one = { params: { query: { limit: 1 } } };
      const [tills, products, members] = await Promise.all([
        api.GET("/api/v1/tills", one),
        api.GET("/api/v1/products", one),
        api.GET("/api/v1/members", one),
      ]);
      return [tills, products, members].filter((found) => !found.data?.items.length).length;
    },
  });
  if (!lacking.data) return null;
  return (
    <Alert
      className="below"
      type="info"
      showIcon
      title={t("today.unfinished", { n: lacking.data })}
      action={<Link to="/start">{t("today.goOn")}</Link>}
    />
  );
}
