import { api, newId, type Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";
import type { Part } from "../../parts/form/model";
import { useToday } from "../../parts/format";
import { SettingForm } from "../../parts/Section";
import { useTerms } from "../../parts/terms";

function useGift(): Part[] {
  const { t } = useTranslation(["app", "ui"]);
  return [
    { at: "gift.points", kind: "whole", label: t("benefits.reward.giftPoints") },
    { at: "gift.coupons", kind: "ref", of: "template", many: true, label: t("benefits.reward.giftCoupons") },
  ];
}

/** Stamp cards: so many stamps, then a gift. */
export function Stamps() {
  const { t } = useTranslation(["app", "ui"]);
  const terms = useTerms();
  const gift = useGift();
  return (
    <SettingForm<Schema<"StampScheme">>
      name="stamps"
      permission="loyalty:configure"
      read={() => api.GET("/api/v1/settings/stamps")}
      write={(body) => api.PUT("/api/v1/settings/stamps", { body })}
      sections={[
        {
          title: t("benefits.reward.stamps"),
          help: t("benefits.reward.stampEmpty"),
          fields: [
            {
              at: "cards",
              kind: "list",
              label: t("benefits.reward.stamps"),
              add: t("benefits.reward.stampAdd"),
              make: () => ({
                id: newId(),
                name: "",
                needed: 10,
                per: { kind: "visit" },
                gift: { points: 0, coupons: [] },
              }),
              fields: [
                { at: "name", kind: "text", required: true, label: t("form.name") },
                { at: "needed", kind: "whole", required: true, label: t("benefits.reward.needed") },
                {
                  at: "per",
                  kind: "oneOf",
                  tag: "kind",
                  label: t("benefits.reward.per"),
                  cases: [
                    { value: "visit", label: t("benefits.reward.pers.visit"), make: {} },
                    {
                      value: "amount",
                      label: t("benefits.reward.pers.amount"),
                      make: { money: 10_000 },
                      fields: [{ at: "money", kind: "money", required: true, label: t("benefits.reward.perMoney") }],
                    },
                    { value: "piece", label: t("benefits.reward.pers.piece"), make: {} },
                  ],
                },
                ...gift,
                terms.scope(),
                terms.stores,
                { at: "per_order_max", kind: "whole", label: t("benefits.reward.perOrder") },
                { at: "rounds_max", kind: "whole", label: t("benefits.reward.rounds") },
                { at: "validity_months", kind: "whole", label: t("benefits.reward.stampMonths") },
                terms.from,
                terms.to,
              ],
            },
          ],
        },
      ]}
    />
  );
}

/** Streaks: visits in a row, then a gift. */
export function Streaks() {
  const { t } = useTranslation(["app", "ui"]);
  const terms = useTerms();
  const gift = useGift();
  const today = useToday();
  return (
    <SettingForm<Schema<"StreakScheme">>
      name="streaks"
      permission="loyalty:configure"
      read={() => api.GET("/api/v1/settings/streaks")}
      write={(body) => api.PUT("/api/v1/settings/streaks", { body })}
      sections={[
        {
          title: t("benefits.reward.streaks"),
          fields: [
            {
              at: "rules",
              kind: "list",
              label: t("benefits.reward.streaks"),
              add: t("benefits.reward.streakAdd"),
              make: () => ({
                id: newId(),
                name: "",
                every: "month",
                length: 3,
                from: today,
                gift: { points: 100, coupons: [] },
              }),
              fields: [
                { at: "name", kind: "text", required: true, label: t("form.name") },
                {
                  at: "every",
                  kind: "choice",
                  required: true,
                  label: t("benefits.reward.every"),
                  options: terms.periods("day", "week", "month"),
                },
                { at: "length", kind: "whole", required: true, label: t("benefits.reward.length") },
                ...gift,
                { at: "repeats", kind: "switch", label: t("benefits.reward.repeats") },
                { ...terms.from, required: true },
                terms.to,
              ],
            },
          ],
        },
      ]}
    />
  );
}

/** What new customers are shown. */
export function Picks() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <SettingForm<Schema<"StarterPicks">>
      name="starter-picks"
      permission="loyalty:configure"
      read={() => api.GET("/api/v1/settings/starter-picks")}
      write={(body) => api.PUT("/api/v1/settings/starter-picks", { body })}
      sections={[
        {
          title: t("benefits.reward.picks"),
          fields: [
            { at: "products", kind: "ref", of: "product", many: true, label: t("benefits.reward.picksProducts") },
            { at: "visits_max", kind: "whole", label: t("benefits.reward.picksVisits") },
          ],
        },
      ]}
    />
  );
}
