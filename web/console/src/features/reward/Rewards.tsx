import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import type { Case, Part } from "../../parts/form/model";
import { useFormat, useLabel } from "../../parts/format";
import { TabPage, useRefresh } from "../../parts/Parts";
import { Rows } from "../../parts/Rows";
import { useTerms } from "../../parts/terms";
import { Picks, Stamps, Streaks } from "./Schemes";

/** What points are redeemed for, and what coming often gives. */
export function Rewards() {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <TabPage
      title={t("page.rewards")}
      tabs={[
        { key: "rewards", label: t("benefits.reward.title"), render: () => <RewardRows /> },
        { key: "stamps", label: t("benefits.reward.stamps"), render: () => <Stamps /> },
        { key: "streaks", label: t("benefits.reward.streaks"), render: () => <Streaks /> },
        { key: "picks", label: t("benefits.reward.picks"), render: () => <Picks /> },
      ]}
    />
  );
}

type Reward = Schema<"Reward">;

function RewardRows() {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const may = useMay("loyalty:configure");
  const [stock, setStock] = useState<Reward>();
  const rewards = useQuery({
    queryKey: ["rewards"],
    queryFn: async () => (await api.GET("/api/v1/rewards", { params: { query: { limit: 100 } } })).data?.items ?? [],
  });
  return (
    <>
      <Rows<Reward>
        title={t("benefits.reward.title")}
        query={rewards}
        rowKey={(row) => row.id}
        may={may}
        add={t("benefits.reward.add")}
        empty={t("benefits.reward.empty")}
        columns={[
          { key: "name", title: t("form.name"), render: (row) => row.name },
          { key: "state", title: t("form.state"), render: (row) => label("publishState", row.state) },
          {
            key: "kind",
            title: t("benefits.reward.gives"),
            render: (row) => t(`benefits.reward.kinds.${row.terms.gives.kind}`),
          },
          {
            key: "points",
            title: t("benefits.reward.points"),
            number: true,
            render: (row) => f.count(row.terms.points ?? 0),
          },
          {
            key: "money",
            title: t("benefits.reward.money"),
            number: true,
            render: (row) => f.money(row.terms.money ?? 0),
          },
          {
            key: "stock",
            title: t("benefits.reward.stock"),
            number: true,
            render: (row) => (row.stock == null ? t("form.unlimited") : f.count(row.stock)),
          },
          {
            key: "redeemed",
            title: t("benefits.reward.redeemed"),
            number: true,
            render: (row) => f.count(row.redeemed),
          },
          {
            key: "restock",
            title: t("benefits.reward.restock"),
            render: (row) =>
              may && (
                <Button size="small" onClick={() => setStock(row)}>
                  {t("benefits.reward.restock")}
                </Button>
              ),
          },
        ]}
        drawer={(row, close) => <RewardDrawer reward={row} onClose={close} />}
      />
      {stock && <Restock reward={stock} onClose={() => setStock(undefined)} />}
    </>
  );
}

function Restock({ reward, onClose }: { reward: Reward; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  return (
    <FormDrawer<{ pieces: number | null }>
      id={`restock-${reward.id}`}
      title={`${t("benefits.reward.restock")} ${reward.name}`}
      open
      onClose={onClose}
      initial={{ pieces: null }}
      sections={[
        {
          title: "",
          fields: [{ at: "pieces", kind: "whole", required: true, label: t("benefits.reward.restockPieces") }],
        },
      ]}
      save={(value, key) =>
        api.POST("/api/v1/rewards/{id}/stock", {
          params: { path: { id: reward.id }, header: once(key) },
          body: { pieces: value.pieces ?? 0 },
        })
      }
      saved={() => refresh("rewards")}
    />
  );
}

function useGives(): Case[] {
  const { t } = useTranslation(["app", "ui"]);
  const uses: Part = { at: "uses", kind: "whole", required: true, label: t("benefits.reward.uses") };
  const kind = (value: Schema<"RewardKind">["kind"], make: Record<string, unknown>, fields: Part[]): Case => ({
    value,
    label: t(`benefits.reward.kinds.${value}`),
    make,
    fields,
  });
  return [
    kind("gift", { variant: null }, [
      { at: "variant", kind: "ref", of: "variant", label: t("benefits.reward.variant") },
    ]),
    kind("coupon", { template: null, count: 1 }, [
      { at: "template", kind: "ref", of: "template", required: true, label: t("benefits.coupon.template") },
      { at: "count", kind: "whole", required: true, label: t("benefits.coupon.count") },
    ]),
    kind("service", { uses: 1 }, [uses]),
    kind("priority", { uses: 1 }, [uses]),
    kind("trial", { uses: 1 }, [uses]),
    kind("bonus", { amount: null }, [
      { at: "amount", kind: "money", required: true, label: t("benefits.reward.amount") },
      { at: "months", kind: "whole", label: t("benefits.points.months") },
    ]),
  ];
}

interface Draft {
  name: string;
  state: Schema<"RewardState">;
  stock?: number | null;
  terms: Schema<"RewardTerms">;
}

function RewardDrawer({ reward, onClose }: { reward: Reward | undefined; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const refresh = useRefresh();
  const terms = useTerms();
  const gives = useGives();
  const within = (part: Part) => ({ ...part, at: `terms.${part.at}` }) as never;
  return (
    <FormDrawer<Draft>
      id={`reward-${reward?.id ?? "new"}`}
      title={reward?.name ?? t("benefits.reward.add")}
      open
      onClose={onClose}
      initial={
        reward
          ? { name: reward.name, state: reward.state, terms: reward.terms }
          : {
              name: "",
              state: "published",
              stock: null,
              terms: { gives: { kind: "gift" }, points: 0, money: 0 } as unknown as Schema<"RewardTerms">,
            }
      }
      sections={[
        {
          title: "",
          fields: [
            { at: "name", kind: "text", required: true, label: t("form.name") },
            {
              at: "state",
              kind: "choice",
              required: true,
              label: t("form.state"),
              options: (["draft", "published", "stopped"] as const).map((value) => ({
                value,
                label: label("publishState", value),
              })),
            },
            { at: "terms.gives", kind: "oneOf", tag: "kind", label: t("benefits.reward.gives"), cases: gives },
            { at: "terms.points", kind: "whole", label: t("benefits.reward.points") },
            { at: "terms.money", kind: "money", label: t("benefits.reward.money") },
            { at: "terms.cost", kind: "money", label: t("benefits.reward.cost") },
            { at: "stock", kind: "whole", label: t("benefits.reward.stock"), when: () => !reward },
            { at: "terms.valid_days", kind: "whole", label: t("benefits.reward.validDays") },
            {
              at: "terms.limits",
              kind: "list",
              label: t("benefits.reward.limits"),
              add: t("benefits.reward.addLimit"),
              make: () => ({ max: 1, period: "month" }),
              fields: [
                { at: "max", kind: "whole", required: true, label: t("benefits.offer.max") },
                {
                  at: "period",
                  kind: "choice",
                  required: true,
                  label: t("benefits.offer.per"),
                  options: terms.periods("day", "week", "month", "year", "ever"),
                },
              ],
            },
            within(terms.tiers),
            within(terms.stores),
            within(terms.from),
            within(terms.to),
          ],
        },
      ]}
      save={(value, key) =>
        reward
          ? api.PUT("/api/v1/rewards/{id}", {
              params: { path: { id: reward.id } },
              body: { name: value.name, state: value.state, terms: value.terms },
            })
          : api.POST("/api/v1/rewards", { params: { header: once(key) }, body: { id: newId(), ...value } })
      }
      saved={() => refresh("rewards")}
    />
  );
}
