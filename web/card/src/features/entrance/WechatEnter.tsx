import { api, type Schema } from "@shuke/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd-mobile";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { forget, knowsMember } from "../../shared/kept";
import { ME } from "../../shared/me";
import { Refusal } from "../../shared/parts";
import { signedIn } from "../../shared/session";
import { useShop } from "../../shared/shop";
import { inWechat, leaveForWechat, takeArrival } from "../../shared/wechat";

/** Signing in by the WeChat account that was linked before: only where the shop has one, and inside WeChat. */
export function WechatEnter() {
  const { t } = useTranslation();
  const shop = useShop();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mutate, ...enter } = useMutation({
    mutationFn: async (code: string) =>
      (await api.POST("/api/v1/me/session/wechat", { body: { merchant: shop.merchant, code } })).data,
    // The code counts once.
    retry: false,
    onSuccess: async (me) => {
      const before = client.getQueryData<Schema<"Profile">>(ME);
      if (knowsMember(client) && before?.id !== me?.id) forget(client);
      client.setQueryData(ME, me);
      await signedIn(client);
      // The page to which WeChat led back has done what it is for.
      if (location.pathname.endsWith("/wechat"))
        await navigate({ to: "/$merchant", params: { merchant: String(shop.merchant) } });
    },
  });
  useEffect(() => {
    const code = takeArrival("enter");
    if (code) mutate(code);
  }, [mutate]);
  if (!shop.wechat || !inWechat()) return null;
  return (
    <div className="form">
      <Refusal error={enter.error} />
      <Button block size="large" loading={enter.isPending} onClick={() => leaveForWechat(shop, "enter")}>
        {t("wechat.enter")}
      </Button>
    </div>
  );
}
