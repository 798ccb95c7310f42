import { api, type Schema } from "@shuke/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd-mobile";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Loaded, Part, Refusal, Row, Sheet } from "../../shared/parts";
import { usePen, useShop } from "../../shared/shop";
import { inWechat, leaveForWechat } from "../../shared/wechat";

export const MY_WECHAT = ["get", "/api/v1/me/wechat", {}] as const;

/** The member's WeChat account: linked inside WeChat, taken away anywhere. Only where the shop has an account there. */
export function WechatPart() {
  const { t } = useTranslation(["app", "ui"]);
  const shop = useShop();
  const link = useQuery({
    queryKey: MY_WECHAT,
    enabled: Boolean(shop.wechat),
    queryFn: async () => (await api.GET("/api/v1/me/wechat")).data as Schema<"WechatLink">,
  });
  if (!shop.wechat) return null;
  return (
    <Part title={t("wechat.title")}>
      <Loaded query={link}>
        {(found) =>
          found.linked_at ? (
            <Linked at={found.linked_at} />
          ) : (
            <>
              <p className="row-note">{t(inWechat() ? "wechat.help" : "wechat.outside")}</p>
              {inWechat() ? (
                <Button block onClick={() => leaveForWechat(shop, "link")}>
                  {t("wechat.link")}
                </Button>
              ) : null}
            </>
          )
        }
      </Loaded>
    </Part>
  );
}

function Linked({ at }: { at: number }) {
  const { t } = useTranslation(["app", "ui"]);
  const pen = usePen();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const unlink = useMutation({
    mutationFn: async () => {
      await api.DELETE("/api/v1/me/wechat");
    },
    onSuccess: async () => {
      setAsking(false);
      await client.invalidateQueries({ queryKey: MY_WECHAT });
    },
  });
  return (
    <>
      <ul className="list">
        <li>
          <Row title={t("wechat.linked")} side={pen.moment(at)} />
        </li>
      </ul>
      <Button block onClick={() => setAsking(true)}>
        {t("wechat.unlink")}
      </Button>
      {asking ? (
        <Sheet title={t("wechat.unlink")} onClose={() => setAsking(false)}>
          <p>{t("wechat.unlinkSure")}</p>
          <Refusal error={unlink.error} />
          <Button block size="large" color="primary" loading={unlink.isPending} onClick={() => unlink.mutate()}>
            {t("wechat.unlink")}
          </Button>
        </Sheet>
      ) : null}
    </>
  );
}
