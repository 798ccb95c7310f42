import { api, newId, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { CouponDrawer } from "../../parts/CouponDrawer";
import { FormDrawer } from "../../parts/FormDrawer";
import { useFormat, useLabel } from "../../parts/format";
import { type Column, Table } from "../../parts/List";
import { Facts, Loaded, useRefresh } from "../../parts/Parts";
import { useTierName } from "../../parts/refs";
import { PassDesk } from "./Desk";
import { Kinds } from "./Kinds";
import { ClaimCoupon, RedeemGiftCard, SellPass } from "./Sell";

/** What a member has: balances with their lots, tier, coupons, passes. */
export function Assets({ overview }: { overview: Schema<"Overview"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const { balances } = overview;
  const id = overview.member.id;
  const mayTopUp = useMay("wallet:top-up");
  const [redeem, setRedeem] = useState(false);
  const facts = (view: Schema<"BalanceView"> | undefined, write: (value: number | undefined) => string) =>
    [
      [t("member.available"), write(view?.available)],
      [t("member.held"), write(view?.held)],
      [t("member.pending"), write(view?.pending)],
      [t("member.debt"), write(view?.debt)],
    ] as [string, string][];
  return (
    <div className="stack">
      <div className="two">
        <section className="form-section" aria-label={t("member.points")}>
          <h2>
            {t("member.points")} {f.count(balances?.points.balance)}
          </h2>
          <Facts items={facts(balances?.points, f.count)} />
        </section>
        <section className="form-section" aria-label={t("member.principal")}>
          <h2>
            {t("member.principal")} {f.money(balances?.principal.balance)} · {t("member.bonus")}{" "}
            {f.money(balances?.bonus.balance)}
          </h2>
          <Facts items={facts(balances?.principal, f.money)} />
          {mayTopUp && (
            <p className="page-actions">
              <Button size="small" onClick={() => setRedeem(true)}>
                {t("benefits.wallet.toWallet")}
              </Button>
            </p>
          )}
          {redeem && <RedeemGiftCard id={id} onClose={() => setRedeem(false)} />}
        </section>
      </div>
      <Kinds id={id} />
      <Lots id={id} />
      <TierPart id={id} tier={overview.tier} />
      <Coupons id={id} />
      <Passes id={id} />
    </div>
  );
}

function Lots({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const [all, setAll] = useState(false);
  const lots = useQuery({
    queryKey: ["member", id, "lots", all],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/lots", { params: { path: { id }, query: { all, limit: 200 } } })).data
        ?.items ?? [],
  });
  const write = (row: Schema<"LotView">, value: number) => (row.kind === "points" ? f.count(value) : f.money(value));
  return (
    <section className="form-section" aria-label={t("member.lots")}>
      <div className="page-head">
        <h2>{t("member.lots")}</h2>
        <Button onClick={() => setAll(!all)} aria-pressed={all}>
          {t("member.allLots")}
        </Button>
      </div>
      <Loaded query={lots}>
        {(rows) => (
          <Table<Schema<"LotView">>
            label={t("member.lots")}
            rows={rows}
            rowKey={(row) => row.id}
            columns={[
              { key: "kind", title: t("member.lot.kind"), render: (row) => label("account", row.kind) },
              {
                key: "granted",
                title: t("member.lot.granted"),
                number: true,
                render: (row) => write(row, row.granted),
              },
              {
                key: "left",
                title: t("member.lot.remaining"),
                number: true,
                render: (row) => write(row, row.remaining),
              },
              { key: "from", title: t("member.lot.available"), render: (row) => f.moment(row.available_at) },
              {
                key: "to",
                title: t("member.lot.expires"),
                render: (row) => (row.expires_on ? f.day(row.expires_on) : t("member.lot.never")),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}

function TierPart({ id, tier }: { id: string; tier: Schema<"TierView"> | null | undefined }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const tierName = useTierName();
  const refresh = useRefresh();
  const may = useMay("ledger:adjust");
  const [open, setOpen] = useState<"tier" | "growth">();
  const why = useQuery({
    queryKey: ["member", id, "tier-why"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/tier/why", { params: { path: { id } } })).data as Schema<"TierWhy">,
  });
  const changes = useQuery({
    queryKey: ["member", id, "tier-changes"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/tier-changes", { params: { path: { id } } })).data?.items ?? [],
  });
  return (
    <section className="form-section" aria-label={t("member.tier")}>
      <div className="page-head">
        <h2>
          {t("member.tier")} {tier?.name ?? t("member.tierNone")}
        </h2>
        {may && (
          <span className="page-actions">
            <Button onClick={() => setOpen("tier")}>{t("member.tierSet")}</Button>
            <Button onClick={() => setOpen("growth")}>{t("member.growthAdd")}</Button>
          </span>
        )}
      </div>
      {tier?.current.valid_until && <p>{t("member.tierUntil", { on: f.day(tier.current.valid_until) })}</p>}
      {tier?.privileges.map((one) => (
        <Tag key={one}>{one}</Tag>
      ))}
      <h3>{t("member.tierWhy")}</h3>
      <Loaded query={why}>
        {(data) => (
          <p>
            {label("tierChange", data.decision.kind)}：{label("tierReason", data.decision.snapshot.reason)}。{" "}
            {t("member.tierTotals", { amount: f.money(data.totals.amount), n: data.totals.count })}
          </p>
        )}
      </Loaded>
      {(changes.data ?? []).length > 0 && (
        <>
          <h3>{t("member.tierChanges")}</h3>
          <ol className="timeline">
            {(changes.data ?? []).map((one) => (
              <li key={one.sequence}>
                <time>{f.day(one.changed_on)}</time> {tierName(one.from)} → {tierName(one.to)} {one.note}
              </li>
            ))}
          </ol>
        </>
      )}
      <Growth id={id} />
      <FormDrawer<Schema<"TierByHand">>
        id={`tier-${id}`}
        title={t("member.tierSet")}
        open={open === "tier"}
        onClose={() => setOpen(undefined)}
        initial={{ tier: tier?.current.tier ?? null, locked_until: "", reason: "" }}
        sections={[
          {
            title: "",
            fields: [
              { at: "tier", kind: "ref", of: "tier", label: t("member.tier") },
              { at: "locked_until", kind: "date", required: true, label: t("member.lockedUntil") },
              { at: "reason", kind: "area", required: true, label: t("form.reason") },
            ],
          },
        ]}
        save={(body, _key) => api.PUT("/api/v1/members/{id}/tier", { params: { path: { id } }, body })}
        saved={() => refresh("member")}
      />
      <FormDrawer<Schema<"GrowthByHand">>
        id={`growth-${id}`}
        title={t("member.growthAdd")}
        open={open === "growth"}
        onClose={() => setOpen(undefined)}
        initial={{ id: newId(), growth: null as unknown as number, reason: "" }}
        sections={[
          {
            title: "",
            fields: [
              { at: "growth", kind: "whole", required: true, label: t("member.growth") },
              { at: "reason", kind: "area", required: true, label: t("form.reason") },
            ],
          },
        ]}
        save={(body, key) =>
          api.POST("/api/v1/members/{id}/growth", { params: { path: { id }, header: once(key) }, body })
        }
        saved={() => refresh("member")}
      />
    </section>
  );
}

/** What a member has grown by, where tiers ask for growth. */
function Growth({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const growth = useQuery({
    queryKey: ["member", id, "growth"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/growth", { params: { path: { id }, query: { limit: 20 } } })).data?.items ??
      [],
  });
  if (!growth.data || growth.data.length === 0) return null;
  return (
    <>
      <h3>{t("member.growth")}</h3>
      <ol className="timeline">
        {growth.data.map((one) => (
          <li key={`${one.source}${one.at}`}>
            <time>{f.moment(one.at)}</time> {one.growth > 0 && "+"}
            {f.count(one.growth)} {label("growthKind", one.kind)} {one.note}
          </li>
        ))}
      </ol>
    </>
  );
}

function Coupons({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refresh = useRefresh();
  const mayIssue = useMay("coupon:issue");
  const [open, setOpen] = useState(false);
  const [desk, setDesk] = useState<string>();
  const [claim, setClaim] = useState(false);
  const mayClaim = useMay("sale:write");
  const coupons = useQuery({
    queryKey: ["member", id, "coupons"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/coupons", { params: { path: { id }, query: { limit: 100 } } })).data
        ?.items ?? [],
  });
  const shown = coupons.data?.find((one) => one.id === desk);
  const columns: Column<Schema<"CouponView">>[] = [
    { key: "name", title: t("form.name"), render: (row) => row.name },
    { key: "code", title: t("member.couponCode"), render: (row) => row.code },
    { key: "state", title: t("form.state"), render: (row) => label("couponState", row.state) },
    {
      key: "valid",
      title: t("member.validity"),
      render: (row) => `${f.day(row.valid_from)} – ${f.day(row.expires_on)}`,
    },
    { key: "uses", title: t("member.usesLeft"), number: true, render: (row) => f.count(row.uses_left) },
    {
      key: "actions",
      title: t("form.actions"),
      render: (row) => (
        <Button size="small" onClick={() => setDesk(row.id)}>
          {t("ui:do.more")}
        </Button>
      ),
    },
  ];
  return (
    <section className="form-section" aria-label={t("member.coupons")}>
      <div className="page-head">
        <h2>{t("member.coupons")}</h2>
        <span className="page-actions">
          {mayClaim && <Button onClick={() => setClaim(true)}>{t("benefits.coupon.claim")}</Button>}
          {mayIssue && <Button onClick={() => setOpen(true)}>{t("benefits.coupon.issue")}</Button>}
        </span>
      </div>
      <Loaded query={coupons}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="help">{t("ui:state.empty")}</p>
          ) : (
            <Table label={t("member.coupons")} rows={rows} rowKey={(row) => row.id} columns={columns} />
          )
        }
      </Loaded>
      {shown && <CouponDrawer coupon={shown} onClose={() => setDesk(undefined)} />}
      {claim && <ClaimCoupon id={id} onClose={() => setClaim(false)} />}
      <FormDrawer<Schema<"IssueDraft">>
        id={`issue-${id}`}
        title={t("benefits.coupon.issue")}
        open={open}
        onClose={() => setOpen(false)}
        initial={{ id: newId(), template: "", members: [id], count: 1 }}
        sections={[
          {
            title: "",
            fields: [
              { at: "template", kind: "ref", of: "template", required: true, label: t("benefits.coupon.template") },
              { at: "count", kind: "whole", required: true, label: t("benefits.coupon.count") },
            ],
          },
        ]}
        save={(body, key) =>
          api.POST("/api/v1/coupon-issues", { params: { header: once(key) }, body: { ...body, id: key } })
        }
        saved={() => refresh("member")}
      />
    </section>
  );
}

function Passes({ id }: { id: string }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const refresh = useRefresh();
  const may = useMay("wallet:top-up");
  const [extended, setExtended] = useState<Schema<"PassView">>();
  const [desk, setDesk] = useState<Schema<"PassView">>();
  const [sell, setSell] = useState(false);
  const passes = useQuery({
    queryKey: ["member", id, "passes"],
    queryFn: async () => (await api.GET("/api/v1/members/{id}/passes", { params: { path: { id } } })).data?.items ?? [],
  });
  const at = (row: Schema<"PassView">, key: string) => ({ path: { id: row.id }, header: once(key) });
  const reason = { reason: t("benefits.pass.atDesk") };
  return (
    <section className="form-section" aria-label={t("member.passes")}>
      <div className="page-head">
        <h2>{t("member.passes")}</h2>
        {may && <Button onClick={() => setSell(true)}>{t("benefits.pass.sell")}</Button>}
      </div>
      {sell && <SellPass id={id} onClose={() => setSell(false)} />}
      <Loaded query={passes}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="help">{t("ui:state.empty")}</p>
          ) : (
            <Table<Schema<"PassView">>
              label={t("member.passes")}
              rows={rows}
              rowKey={(row) => row.id}
              columns={[
                { key: "name", title: t("form.name"), render: (row) => row.name },
                { key: "state", title: t("form.state"), render: (row) => label("passState", row.state) },
                {
                  key: "left",
                  title: t("member.visitsLeft"),
                  render: (row) =>
                    row.items
                      .map((item) => `${item.terms.name} ${item.visits_left ?? t("member.unlimited")}`)
                      .join("，"),
                },
                { key: "price", title: t("form.amount"), number: true, render: (row) => f.money(row.price) },
                { key: "until", title: t("member.validity"), render: (row) => f.day(row.expires_on) },
                {
                  key: "actions",
                  title: t("form.actions"),
                  render: (row) =>
                    may && (
                      <span className="page-actions">
                        {row.state === "frozen" ? (
                          <Act
                            small
                            label={t("benefits.pass.thaw")}
                            act={(key) => api.POST("/api/v1/passes/{id}/thaw", { params: at(row, key), body: reason })}
                            done={() => refresh("member")}
                          />
                        ) : (
                          <Act
                            small
                            label={t("benefits.pass.freeze")}
                            ask={t("benefits.pass.freezeAsk")}
                            act={(key) =>
                              api.POST("/api/v1/passes/{id}/freeze", { params: at(row, key), body: reason })
                            }
                            done={() => refresh("member")}
                          />
                        )}
                        <Button size="small" onClick={() => setDesk(row)}>
                          {t("ui:do.more")}
                        </Button>
                        <Button size="small" onClick={() => setExtended(row)}>
                          {t("benefits.pass.extend")}
                        </Button>
                      </span>
                    ),
                },
              ]}
            />
          )
        }
      </Loaded>
      {desk && <PassDesk pass={desk} onClose={() => setDesk(undefined)} />}
      {extended && (
        <FormDrawer<Schema<"Extension">>
          id={`extend-${extended.id}`}
          title={t("benefits.pass.extend")}
          open
          onClose={() => setExtended(undefined)}
          initial={{ until: extended.expires_on ?? "", reason: "" }}
          sections={[
            {
              title: "",
              fields: [
                { at: "until", kind: "date", required: true, label: t("benefits.pass.until") },
                { at: "reason", kind: "area", required: true, label: t("form.reason") },
              ],
            },
          ]}
          save={(body, key) => api.POST("/api/v1/passes/{id}/extend", { params: at(extended, key), body })}
          saved={() => refresh("member")}
        />
      )}
    </section>
  );
}
