import { api } from "@shuke/api";
import { useQuery } from "@tanstack/react-query";
import { createFileRoute, Navigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { lastMerchant } from "../shared/kept";
import { Loaded, Page } from "../shared/parts";

export const Route = createFileRoute("/")({ component: Start });

/** The card of the shop that was seen last, or of the only one that there is. */
function Start() {
  const { t } = useTranslation();
  const known = lastMerchant();
  const shop = useQuery({
    queryKey: ["get", "/api/v1/me/shop", {}],
    queryFn: async () => (await api.GET("/api/v1/me/shop")).data ?? null,
    enabled: known === undefined,
  });
  if (known !== undefined) return <Navigate to="/$merchant" params={{ merchant: known }} replace />;
  return (
    <Page title={t("title")}>
      {shop.error ? <p className="notice">{t("shop.several")}</p> : null}
      <Loaded query={shop}>
        {(found) => (found ? <Navigate to="/$merchant" params={{ merchant: String(found.merchant) }} replace /> : null)}
      </Loaded>
    </Page>
  );
}
