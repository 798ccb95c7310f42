import { api } from "@shuke/api";
import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { createFileRoute, Outlet } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { MEMBER_CODE } from "../../features/code/useMemberCode";
import { Entrance } from "../../features/entrance/Entrance";
import { Nav, OfflineBar } from "../../shared/frame";
import { keepMerchant } from "../../shared/kept";
import { useMe } from "../../shared/me";
import { Loaded, Page, Sheet } from "../../shared/parts";
import { useSignedOut } from "../../shared/session";
import { type Shop, ShopProvider } from "../../shared/shop";

export const Route = createFileRoute("/$merchant")({ component: Card });

function Card() {
  const { t } = useTranslation(["app", "ui"]);
  const { merchant } = Route.useParams();
  const number = /^\d{1,18}$/.test(merchant) ? Number(merchant) : -1;
  const shop = useQuery({
    queryKey: ["get", "/api/v1/me/shop", { merchant: number }],
    queryFn: async () => (await api.GET("/api/v1/me/shop", { params: { query: { merchant: number } } })).data as Shop,
    staleTime: 300_000,
  });
  // All at once: on a slow line every question that waits for another costs a moment.
  useMe();
  usePrefetchQuery(MEMBER_CODE);
  const known = shop.data?.merchant;
  useEffect(() => {
    if (known !== undefined) keepMerchant(known);
  }, [known]);
  if (!shop.data) {
    return (
      <Page title={t("title")}>
        {shop.error ? <p className="notice">{t("shop.unknown")}</p> : null}
        <Loaded query={shop}>{() => null}</Loaded>
      </Page>
    );
  }
  return (
    <ShopProvider shop={shop.data}>
      <Inside shop={shop.data} />
    </ShopProvider>
  );
}

/** Signed in: the pages. Signed out: the entrance, over the page where one was open. */
function Inside({ shop }: { shop: Shop }) {
  const { t } = useTranslation(["app", "ui"]);
  const me = useMe();
  const out = useSignedOut();
  if (!me.data) {
    return (
      <Page title={t("entrance.title", { shop: shop.name })}>
        {out ? (
          <>
            <p>{t("entrance.lead")}</p>
            <Entrance />
          </>
        ) : (
          <Loaded query={me}>{() => null}</Loaded>
        )}
      </Page>
    );
  }
  return (
    <>
      <a className="skip" href="#content">
        {t("ui:skip")}
      </a>
      <OfflineBar />
      <Outlet />
      <Nav />
      {out ? (
        <Sheet title={t("entrance.again")}>
          <p>{t("entrance.againLead")}</p>
          <Entrance over />
        </Sheet>
      ) : null}
    </>
  );
}
