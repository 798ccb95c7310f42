import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel } from "../../parts/format";
import { Loaded, useRefresh } from "../../parts/Parts";
import { GivePoints, RewardOrders, TopUps } from "./Desk";
import { SellMembership } from "./Sell";

/** What a member paid for ahead, redeemed and gave: top-ups, memberships, rewards, points given. */
export function Bought({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <section className="form-section" aria-label={t("member.bought")}>
      <h2>{t("member.topUps")}</h2>
      <TopUps id={id} />
      <Memberships id={id} />
      <h3>{t("member.rewardOrders")}</h3>
      <RewardOrders id={id} />
      <h3>{t("member.gave")}</h3>
      <GivePoints id={id} />
      <Gave id={id} />
    </section>
  );
}

function Memberships({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const maySell = useMay("wallet:top-up");
  const mayRefund = useMay("sale:refund");
  const [sell, setSell] = useState(false);
  const [back, setBack] = useState<Schema<"Membership">>();
  const terms = useQuery({
    queryKey: ["member", id, "memberships"],
    queryFn: async () => (await api.GET("/api/v1/members/{id}/memberships", { params: { path: { id } } })).data ?? [],
  });
  return (
    <>
      <div className="page-head">
        <h3>{t("member.memberships")}</h3>
        {maySell && (
          <Button size="small" onClick={() => setSell(true)}>
            {t("benefits.tier.sell")}
          </Button>
        )}
      </div>
      <Loaded query={terms}>
        {(rows) => (
          <>
            {rows.length === 0 && <p className="help">{t("ui:state.empty")}</p>}
            {rows.map((one) => (
              <p key={one.id} className="page-actions">
                {one.plan.name} {f.day(one.starts_on)} – {f.day(one.ends_on)} {label("membershipState", one.state)}
                {one.trial && ` · ${t("benefits.tier.trial")}`}
                {one.refunded > 0 && ` · ${t("sales.order.refunded")} ${f.money(one.refunded)}`}
                {mayRefund && one.state === "active" && (
                  <Button size="small" onClick={() => setBack(one)}>
                    {t("benefits.tier.refund")}
                  </Button>
                )}
              </p>
            ))}
          </>
        )}
      </Loaded>
      {sell && <SellMembership id={id} onClose={() => setSell(false)} />}
      {back && <RefundMembership term={back} onClose={() => setBack(undefined)} />}
    </>
  );
}

function RefundMembership({ term, onClose }: { term: Schema<"Membership">; onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  return (
    <FormDrawer<{ reason: string }>
      id={`membership-refund-${term.id}`}
      title={`${t("benefits.tier.refund")} · ${term.plan.name}`}
      open
      onClose={onClose}
      submit={t("sales.order.refundDo")}
      initial={{ reason: "" }}
      sections={[
        {
          title: "",
          help: t("benefits.tier.refundHelp"),
          fields: [{ at: "reason", kind: "area", required: true, label: t("form.reason") }],
        },
      ]}
      save={(body, key) =>
        api.POST("/api/v1/memberships/{id}/refund", { params: { path: { id: term.id }, header: once(key) }, body })
      }
      saved={() => refresh("member")}
    />
  );
}

function Gave({ id }: { id: string }) {
  const f = useFormat();
  const gave = useQuery({
    queryKey: ["member", id, "points-transfers"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/points-transfers", { params: { path: { id } } })).data?.items ?? [],
  });
  return (
    <>
      {(gave.data ?? []).map((one) => (
        <p key={one.id}>
          {f.moment(one.at)} {one.from === id ? "−" : "+"}
          {f.count(one.points)} {one.note}
        </p>
      ))}
    </>
  );
}
