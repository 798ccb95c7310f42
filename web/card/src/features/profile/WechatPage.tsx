import { api } from "@shuke/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Page, Refusal } from "../../shared/parts";
import { useShop } from "../../shared/shop";
import { takeArrival } from "../../shared/wechat";
import { MY_WECHAT } from "./WechatPart";

/** Where WeChat sends the browser back to: what was begun under the profile is done here. */
export function WechatPage() {
  const { t } = useTranslation(["app", "ui"]);
  const { merchant } = useShop();
  const client = useQueryClient();
  const [came, setCame] = useState(true);
  const { mutate, ...link } = useMutation({
    mutationFn: async (code: string) => (await api.PUT("/api/v1/me/wechat", { body: { code } })).data,
    retry: false,
    onSuccess: (linked) => client.setQueryData(MY_WECHAT, linked),
  });
  useEffect(() => {
    const code = takeArrival("link");
    if (code) mutate(code);
    else setCame((before) => before && !link.isIdle);
  }, [mutate, link.isIdle]);
  return (
    <Page title={t("wechat.title")} up={`/${merchant}/me`}>
      {link.isPending ? <p role="status">{t("wechat.waiting")}</p> : null}
      {link.isSuccess ? <p role="status">{t("wechat.done")}</p> : null}
      {!came && link.isIdle ? <p className="refusal">{t("wechat.lost")}</p> : null}
      <Refusal error={link.error} />
      <p>
        <Link to="/$merchant/me" params={{ merchant: String(merchant) }}>
          {t("wechat.back")}
        </Link>
      </p>
    </Page>
  );
}
