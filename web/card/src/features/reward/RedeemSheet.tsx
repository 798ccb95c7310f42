import { api, newId, newKey, once } from "@shuke/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd-mobile";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Refusal, Sheet } from "../../shared/parts";
import { usePen } from "../../shared/shop";
import type { MyReward, MyStore } from "./RewardsPage";

/** Asks once more, then redeems: one decision, one id, one key, however often it is sent. */
export function RedeemSheet({ offer, store, onClose }: { offer: MyReward; store: MyStore; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const pen = usePen();
  const client = useQueryClient();
  const { reward } = offer;
  const [decision] = useState(() => ({ key: newKey(), id: newId() }));
  const redeem = useMutation({
    mutationFn: async () => {
      await api.POST("/api/v1/me/reward-orders", {
        params: { header: once(decision.key) },
        body: { id: decision.id, reward: reward.id, store: store.id, quantity: 1 },
      });
    },
    onSuccess: () => client.invalidateQueries(),
  });
  return (
    <Sheet title={t("reward.confirmTitle", { name: reward.name })} onClose={onClose}>
      {redeem.isSuccess ? (
        <>
          <p role="status">{t("reward.done")}</p>
          <Button block size="large" onClick={onClose}>
            {t("ui:do.close")}
          </Button>
        </>
      ) : (
        <>
          <p>{t("reward.confirmLead", { n: pen.count(reward.terms.points ?? 0), store: store.name })}</p>
          <Refusal error={redeem.error} />
          <Button block size="large" color="primary" loading={redeem.isPending} onClick={() => redeem.mutate()}>
            {t("reward.confirm")}
          </Button>
        </>
      )}
    </Sheet>
  );
}
