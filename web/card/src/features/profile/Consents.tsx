import { api, type Schema } from "@shuke/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Toggle } from "../../shared/form";
import { ME, type Me } from "../../shared/me";
import { Part, Refusal } from "../../shared/parts";
import { useLabels } from "../../shared/shop";

const CHANNELS = ["sms", "wechat", "email", "phone"] as const;

/** By which channels the shop may reach me. */
export function Consents({ me }: { me: Me }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const label = useLabels("profile.channels");
  const say = useMutation({
    mutationFn: async (channels: Partial<Record<Schema<"ConsentChannel">, boolean>>) => {
      const { data } = await api.PUT("/api/v1/me/consents", {
        body: { channels: channels as Schema<"SaidByMe">["channels"] },
      });
      return data;
    },
    onSuccess: (data) => client.setQueryData(ME, data),
  });
  return (
    <Part title={t("profile.consents")}>
      <p className="row-note">{t("profile.consentsLead")}</p>
      {CHANNELS.map((channel) => (
        <Toggle
          key={channel}
          label={label(channel)}
          on={
            say.isPending && channel in say.variables
              ? !!say.variables[channel]
              : me.consents.some((one) => one.channel === channel && one.granted)
          }
          disabled={say.isPending}
          onChange={(on) => say.mutate({ [channel]: on })}
        />
      ))}
      <Refusal error={say.error} />
    </Part>
  );
}
