import { api } from "@shuke/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd-mobile";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ME, type Me } from "../../shared/me";
import { Empty, Part, Refusal, Row, Sheet } from "../../shared/parts";
import { usePen, useShop } from "../../shared/shop";

export function TermsPart({ me }: { me: Me }) {
  const { t } = useTranslation();
  const pen = usePen();
  const shop = useShop();
  const client = useQueryClient();
  const [reading, setReading] = useState(false);
  const accept = useMutation({
    mutationFn: async (version: string) => (await api.PUT("/api/v1/me/terms-acceptances", { body: { version } })).data,
    onSuccess: (data) => {
      client.setQueryData(ME, data);
      setReading(false);
    },
  });
  const due = me.terms_due;
  const shown = due ?? shop.terms;
  const accepted: { version: string; at?: number } | undefined = me.terms.find((one) => one.version === shown?.version);
  const at = accepted?.at;
  return (
    <Part title={t("profile.terms")}>
      {shown ? (
        <ul className="list">
          <li>
            <Row
              title={shown.title}
              note={due ? t("profile.termsDue") : at ? t("profile.termsAccepted", { day: pen.moment(at) }) : undefined}
              onClick={() => setReading(true)}
            />
          </li>
        </ul>
      ) : (
        <Empty>{t("profile.termsNone")}</Empty>
      )}
      {reading && shown ? (
        <Sheet title={shown.title} onClose={() => setReading(false)}>
          <p className="terms">{shown.body}</p>
          <Refusal error={accept.error} />
          {due ? (
            <Button
              block
              size="large"
              color="primary"
              loading={accept.isPending}
              onClick={() => accept.mutate(due.version)}
            >
              {t("profile.termsAccept")}
            </Button>
          ) : null}
        </Sheet>
      ) : null}
    </Part>
  );
}
