import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button, Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { useApproved } from "../../parts/Approval";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel } from "../../parts/format";
import { Table } from "../../parts/List";
import { Facts, Loaded, useRefresh } from "../../parts/Parts";
import { useStores } from "../../parts/refs";
import { useUrl } from "../../parts/url";

/** What a pay-out comes to, whatever it is of. */
interface Quoted {
  amount: number;
  lines: [string, number][];
}

/** Gives prepaid value back: shows what it comes to, asks why, and above the limit a second person. */
export function PayOut({
  id,
  title,
  subject,
  quote,
  send,
  onClose,
}: {
  id: string;
  title: string;
  /** What the approval is about: the member, or a gift card. */
  subject: string;
  quote: () => Promise<Quoted>;
  send: (
    body: { id: string; amount: number; reason: string; approval: string | null },
    key: string,
  ) => Promise<unknown>;
  onClose: () => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const [{ store }] = useUrl();
  const quoted = useQuery({ queryKey: ["pay-out", id], queryFn: quote });
  const amount = quoted.data?.amount ?? 0;
  const approved = useApproved<{ reason: string }>(
    ({ reason }) => ({ kind: "top_up_refund", subject, amount, reason, store: store ?? null }),
    async ({ reason }, key, approval) =>
      send({ id: key, amount: quoted.data?.amount ?? (await quote()).amount, reason, approval }, key),
  );
  return (
    <FormDrawer<{ reason: string }>
      id={`pay-out-${id}`}
      title={title}
      open
      onClose={onClose}
      initial={{ reason: "" }}
      sections={[{ title: "", fields: [{ at: "reason", kind: "area", required: true, label: t("form.reason") }] }]}
      submit={t("sales.order.refundDo")}
      actions={() => (
        <div className="stack">
          <Loaded query={quoted}>
            {(data) => <Facts items={data.lines.map(([name, amount]) => [name, f.money(amount)])} />}
          </Loaded>
          {approved.second()}
        </div>
      )}
      save={approved.save}
      saved={() => refresh("member", "pay-out")}
    />
  );
}

/** The visits of a pass, and what can be done with the pass at the desk. */
export function PassDesk({ pass, onClose }: { pass: Schema<"PassView">; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const refresh = useRefresh();
  const may = useMay("wallet:top-up");
  const [open, setOpen] = useState<"refund" | "give">();
  const path = { id: pass.id };
  const visits = useQuery({
    queryKey: ["member", pass.member, "visits", pass.id],
    queryFn: async () =>
      (await api.GET("/api/v1/passes/{id}/visits", { params: { path, query: { limit: 100 } } })).data?.items ?? [],
  });
  return (
    <Drawer open onClose={onClose} title={pass.name} size={640}>
      {may && (
        <p className="page-actions">
          <Button onClick={() => setOpen("refund")}>{t("benefits.pass.refundDo")}</Button>
          <Button onClick={() => setOpen("give")}>{t("benefits.pass.transfer")}</Button>
        </p>
      )}
      <Loaded query={visits}>
        {(rows) => (
          <Table<Schema<"PassVisit">>
            label={t("benefits.pass.visitsMade")}
            rows={rows}
            rowKey={(row) => row.id + row.line}
            columns={[
              { key: "on", title: t("form.when"), render: (row) => f.moment(row.at) },
              {
                key: "n",
                title: t("member.visitsLeft"),
                number: true,
                render: (row) => f.count(row.visits - row.visits_back),
              },
              {
                key: "value",
                title: t("form.amount"),
                number: true,
                render: (row) => f.money(row.value - row.value_back),
              },
              {
                key: "undo",
                title: t("form.actions"),
                render: (row) =>
                  may && row.kind === "visit" && row.visits > row.visits_back ? (
                    <Act
                      small
                      label={t("ui:do.undo")}
                      ask={t("benefits.pass.undoAsk")}
                      act={(key) =>
                        api.POST("/api/v1/pass-visits/{id}/undo", {
                          params: { path: { id: row.id }, header: once(key) },
                        })
                      }
                      done={() => refresh("member")}
                    />
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
      {open === "refund" && (
        <PayOut
          id={pass.id}
          title={t("benefits.pass.refundDo")}
          subject={pass.member}
          onClose={() => setOpen(undefined)}
          quote={async () => {
            const { data } = await api.GET("/api/v1/passes/{id}/refunds", { params: { path } });
            const found = data as Schema<"PassRefundQuote">;
            return {
              amount: found.amount,
              lines: [
                [t("sales.order.refundWill"), found.amount],
                [t("sales.report.kept"), found.kept],
              ],
            };
          }}
          send={(body, key) => api.POST("/api/v1/passes/{id}/refunds", { params: { path, header: once(key) }, body })}
        />
      )}
      {open === "give" && (
        <FormDrawer<{ to: string }>
          id={`pass-give-${pass.id}`}
          title={t("benefits.pass.transfer")}
          open
          onClose={() => setOpen(undefined)}
          initial={{ to: "" }}
          sections={[
            {
              title: "",
              fields: [{ at: "to", kind: "ref", of: "member", required: true, label: t("member.transferTo") }],
            },
          ]}
          save={(body, key) =>
            api.POST("/api/v1/passes/{id}/transfer", {
              params: { path, header: once(key) },
              body: { ...body, id: key },
            })
          }
          saved={() => refresh("member")}
        />
      )}
    </Drawer>
  );
}

/** A member's top-ups; what is left of one can be paid out. */
export function TopUps({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const may = useMay("sale:refund");
  const [open, setOpen] = useState<string>();
  const topUps = useQuery({
    queryKey: ["member", id, "top-ups"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/top-ups", { params: { path: { id } } })).data?.items ?? [],
  });
  const rows = topUps.data ?? [];
  return (
    <>
      {rows.length === 0 && <p className="help">{t("ui:state.empty")}</p>}
      {rows.map((one) => (
        <p key={one.id} className="page-actions">
          {f.moment(one.at)} {f.money(one.principal)} + {f.money(one.bonus)} {label("tender", one.tender)}
          {may && (
            <Button size="small" onClick={() => setOpen(one.id)}>
              {t("benefits.wallet.payOut")}
            </Button>
          )}
        </p>
      ))}
      {open && (
        <PayOut
          id={open}
          title={t("benefits.wallet.payOut")}
          subject={id}
          onClose={() => setOpen(undefined)}
          quote={async () => {
            const { data } = await api.GET("/api/v1/top-ups/{id}/refunds", { params: { path: { id: open } } });
            const found = data as Schema<"TopUpRefundQuote">;
            return {
              amount: found.amount,
              lines: [
                [t("sales.order.refundWill"), found.amount],
                [t("member.principal"), found.principal],
                [t("member.bonus"), found.bonus],
                [t("sales.report.kept"), found.fee],
              ],
            };
          }}
          send={(body, key) =>
            api.POST("/api/v1/top-ups/{id}/refunds", { params: { path: { id: open }, header: once(key) }, body })
          }
        />
      )}
    </>
  );
}

/** Rewards that a member redeemed, and redeeming one. */
export function RewardOrders({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refresh = useRefresh();
  const may = useMay("reward:redeem");
  const [open, setOpen] = useState(false);
  const orders = useQuery({
    queryKey: ["member", id, "reward-orders"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/reward-orders", { params: { path: { id } } })).data?.items ?? [],
  });
  const at = (row: Schema<"RewardOrder">, key: string) => ({ path: { id: row.id }, header: once(key) });
  return (
    <>
      {may && <Button onClick={() => setOpen(true)}>{t("benefits.reward.redeem")}</Button>}
      {(orders.data ?? []).map((one) => (
        <p key={one.id} className="page-actions">
          {f.moment(one.at)} {one.name} ×{one.quantity} {label("rewardOrderState", one.state)}
          {may && one.state === "reserved" && (
            <>
              <Act
                small
                label={t("benefits.reward.handOver")}
                act={(key) => api.POST("/api/v1/reward-orders/{id}/hand-over", { params: at(one, key) })}
                done={() => refresh("member")}
              />
              <Act
                small
                danger
                label={t("benefits.reward.cancel")}
                ask={t("benefits.reward.cancelAsk")}
                act={(key) =>
                  api.POST("/api/v1/reward-orders/{id}/cancel", {
                    params: at(one, key),
                    body: { reason: t("benefits.pass.atDesk") },
                  })
                }
                done={() => refresh("member")}
              />
            </>
          )}
        </p>
      ))}
      {open && <Redeem id={id} onClose={() => setOpen(false)} />}
    </>
  );
}

function Redeem({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const stores = useStores();
  const [search] = useUrl();
  const store = search.store ?? stores[0]?.id ?? "";
  const rewards = useQuery({
    queryKey: ["member", id, "rewards", store],
    enabled: Boolean(store),
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/rewards", { params: { path: { id }, query: { store } } })).data ?? [],
  });
  if (!store || !rewards.data) return null;
  return (
    <FormDrawer<{ store: string; reward: string; quantity: number }>
      id={`redeem-${id}`}
      title={t("benefits.reward.redeem")}
      open
      onClose={onClose}
      initial={{ store, reward: "", quantity: 1 }}
      sections={[
        {
          title: "",
          fields: [
            { at: "store", kind: "ref", of: "store", required: true, label: t("shell.store") },
            {
              at: "reward",
              kind: "choice",
              required: true,
              label: t("benefits.reward.title"),
              options: rewards.data
                .filter((one) => one.can > 0)
                .map((one) => ({ value: one.reward.id, label: one.reward.name })),
            },
            { at: "quantity", kind: "whole", required: true, label: t("benefits.reward.pieces") },
          ],
        },
      ]}
      save={(value, key) =>
        api.POST("/api/v1/reward-orders", {
          params: { header: once(key) },
          body: { id: key, member: id, ...value } as Schema<"RewardOrderDraft">,
        })
      }
      saved={() => refresh("member")}
    />
  );
}

/** Gives points of a member to another. */
export function GivePoints({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const may = useMay("points:transfer");
  const [{ store }] = useUrl();
  const [open, setOpen] = useState(false);
  if (!may) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("member.transfer")}</Button>
      <FormDrawer<{ to: string; points: number | null; note: string }>
        id={`points-give-${id}`}
        title={t("member.transfer")}
        open={open}
        onClose={() => setOpen(false)}
        initial={{ to: "", points: null, note: "" }}
        sections={[
          {
            title: "",
            fields: [
              { at: "to", kind: "ref", of: "member", required: true, label: t("member.transferTo") },
              { at: "points", kind: "whole", required: true, label: t("member.transferPoints") },
              { at: "note", kind: "text", label: t("form.note") },
            ],
          },
        ]}
        save={(value, key) =>
          api.POST("/api/v1/points-transfers", {
            params: { header: once(key) },
            body: {
              id: key,
              from: id,
              to: value.to,
              points: value.points ?? 0,
              note: value.note,
              store: store ?? null,
            },
          })
        }
        saved={() => refresh("member")}
      />
    </>
  );
}
