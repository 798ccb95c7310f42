import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Dropdown, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { download } from "../../parts/csv";
import { ArrangeOne } from "../../parts/FollowUps";
import { useFormat, useLabel } from "../../parts/format";
import { Facts, Loaded, TabPage, useRefresh } from "../../parts/Parts";
import { useStoreName } from "../../parts/refs";
import { AdjustDrawer } from "./Adjust";
import { Assets } from "./Assets";
import { Contacts } from "./Contacts";
import { Ledger } from "./Ledger";
import { STAGE_COLOURS } from "./MemberList";
import { MergeDrawer } from "./Merge";
import { More } from "./More";
import { MemberOrders } from "./Orders";
import { Profile } from "./Profile";
import { Timeline } from "./Timeline";

/** Everything about one member. */
export function MemberPage({ id }: { id: string }) {
  const overview = useQuery({
    queryKey: ["member", id, "overview"],
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}/overview", { params: { path: { id } } })).data as Schema<"Overview">,
  });
  return <Loaded query={overview}>{(data) => <Page overview={data} />}</Loaded>;
}

/** The member in full, when somebody asked for it: the look is recorded. */
export function useMember(id: string, reveal: boolean, masked: Schema<"MemberView">): Schema<"MemberView"> {
  const full = useQuery({
    queryKey: ["member", id, "full"],
    enabled: reveal,
    queryFn: async () =>
      (await api.GET("/api/v1/members/{id}", { params: { path: { id }, query: { reveal: true } } }))
        .data as Schema<"MemberView">,
  });
  return (reveal && full.data) || masked;
}

function Page({ overview }: { overview: Schema<"Overview"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const [reveal, setReveal] = useState(false);
  const member = useMember(overview.member.id, reveal, overview.member);
  const title = member.person.name ?? member.number;
  const tabs = [
    { key: "overview", label: t("member.tab.overview"), render: () => <Glance overview={overview} member={member} /> },
    { key: "assets", label: t("member.tab.assets"), render: () => <Assets overview={overview} /> },
    { key: "ledger", label: t("member.tab.ledger"), render: () => <Ledger id={member.id} /> },
    { key: "orders", label: t("member.tab.orders"), render: () => <MemberOrders id={member.id} /> },
    {
      key: "timeline",
      label: t("member.tab.timeline"),
      render: () => <Contacts member={member} happened={overview.timeline} />,
    },
    {
      key: "profile",
      label: t("member.tab.profile"),
      render: () => <Profile key={reveal ? "full" : "masked"} member={member} revealed={reveal} />,
    },
    { key: "more", label: t("member.tab.more"), render: () => <More member={member} /> },
  ];
  return (
    <TabPage title={title} actions={<Actions member={member} reveal={reveal} setReveal={setReveal} />} tabs={tabs}>
      <p className="page-actions">
        <Tag color={STAGE_COLOURS[member.stage]}>{label("stage", member.stage)}</Tag>
        {member.state !== "active" && <Tag color="red">{label("memberState", member.state)}</Tag>}
        <span>{member.person.phone}</span>
        <span>{member.number}</span>
        {member.tags.map((tag) => (
          <Tag key={tag.id}>{tag.name}</Tag>
        ))}
        {reveal && <small role="status">{t("member.revealed")}</small>}
        {member.merged_into && (
          <Link to="/members/$id" params={{ id: member.merged_into }}>
            {t("member.mergedInto")}
          </Link>
        )}
      </p>
    </TabPage>
  );
}

function Actions({
  member,
  reveal,
  setReveal,
}: {
  member: Schema<"MemberView">;
  reveal: boolean;
  setReveal: (reveal: boolean) => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const refresh = useRefresh();
  const [open, setOpen] = useState<"adjust" | "merge" | "follow-up">();
  const mayReveal = useMay("member:reveal");
  const mayAdjust = useMay("ledger:adjust");
  const mayMerge = useMay("member:merge");
  const mayWrite = useMay("member:write");
  const mayExport = useMay("member:export");
  const mayFollowUp = useMay("follow-up:write") && member.state !== "erased" && !member.merged_into;
  const { id } = member;
  const setState = (state: Schema<"MemberState">) => () =>
    api.PATCH("/api/v1/members/{id}", { params: { path: { id } }, body: { state } as Schema<"MemberChange"> });
  const more = [
    mayExport && { key: "export", label: t("member.exportAll"), onClick: () => void exportMember(id, member.number) },
    mayMerge && { key: "merge", label: t("member.merge.open"), onClick: () => setOpen("merge") },
  ].filter((item) => item !== false);
  return (
    <>
      {mayReveal && !reveal && <Button onClick={() => setReveal(true)}>{t("member.reveal")}</Button>}
      {mayAdjust && (
        <Button type="primary" onClick={() => setOpen("adjust")}>
          {t("member.adjust.open")}
        </Button>
      )}
      {mayFollowUp && <Button onClick={() => setOpen("follow-up")}>{t("care.arrange")}</Button>}
      {mayWrite && member.state === "active" && (
        <Act
          label={t("member.freeze")}
          ask={t("member.freezeAsk")}
          act={setState("frozen")}
          done={() => refresh("member")}
        />
      )}
      {mayWrite && member.state === "frozen" && (
        <Act label={t("member.unfreeze")} act={setState("active")} done={() => refresh("member")} />
      )}
      {mayExport && member.state !== "erased" && (
        <Act
          danger
          label={t("member.erase")}
          ask={t("member.eraseAsk")}
          act={(key) => api.POST("/api/v1/members/{id}/erase", { params: { path: { id }, header: once(key) } })}
          done={() => refresh("member", "members")}
        />
      )}
      {more.length > 0 && (
        <Dropdown trigger={["click"]} menu={{ items: more }}>
          <Button>{t("ui:do.more")}</Button>
        </Dropdown>
      )}
      <AdjustDrawer id={id} open={open === "adjust"} onClose={() => setOpen(undefined)} />
      <MergeDrawer id={id} open={open === "merge"} onClose={() => setOpen(undefined)} />
      {open === "follow-up" && (
        <ArrangeOne
          member={id}
          name={member.person.name ?? member.number}
          store={member.home_store}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  );
}

async function exportMember(id: string, number: string): Promise<void> {
  const { data } = await api.GET("/api/v1/members/{id}/export", { params: { path: { id } } });
  download(`member-${number}.json`, JSON.stringify(data, null, 2), "application/json");
}

function Glance({ overview, member }: { overview: Schema<"Overview">; member: Schema<"MemberView"> }) {
  const { t } = useTranslation(["app", "ui"]);
  const f = useFormat();
  const label = useLabel();
  const storeName = useStoreName();
  const { balances, tier, relationship } = overview;
  return (
    <div className="stack">
      <div className="figures">
        <Figure
          name={t("member.points")}
          value={f.count(balances?.points.balance)}
          note={expiring(balances?.points, f.count)}
        />
        <Figure name={t("member.principal")} value={f.money(balances?.principal.balance)} />
        <Figure
          name={t("member.bonus")}
          value={f.money(balances?.bonus.balance)}
          note={expiring(balances?.bonus, f.money)}
        />
        <Figure name={t("member.tier")} value={tier?.name ?? t("member.tierNone")} note={nextTier(tier)} />
        <Figure name={t("member.orders")} value={f.count(member.orders)} note={f.money(member.amount)} />
        <Figure name={t("member.coupons")} value={f.count(overview.coupons.length)} />
      </div>
      <div className="two">
        <section className="form-section" aria-label={t("member.tab.profile")}>
          <h2>{t("member.tab.profile")}</h2>
          <Facts
            items={[
              [t("member.joined"), f.day(member.joined_on)],
              [t("member.store"), storeName(member.home_store)],
              [t("member.first"), f.day(member.first_purchase_on)],
              [t("member.last"), f.day(member.last_purchase_on)],
              [
                t("member.birthday"),
                [
                  f.birthday(member.person.birthday),
                  member.person.age_years != null && t("member.years", { n: member.person.age_years }),
                ]
                  .filter(Boolean)
                  .join(" · "),
              ],
              [t("member.gender"), label("gender", member.gender)],
              [
                t("member.region"),
                [member.region.province, member.region.city, member.region.district].filter(Boolean).join(" ") || "–",
              ],
              [
                t("member.relationship"),
                t("member.relationshipText", {
                  grade: relationship.grade,
                  days: relationship.days,
                  n: relationship.total,
                }),
              ],
            ]}
          />
          {member.dependents.map((one) => (
            <p key={one.id}>
              {label("relation", one.relation)} {one.name} {f.day(one.born_on ?? one.due_on)}
            </p>
          ))}
        </section>
        <section className="form-section" aria-label={t("member.happened")}>
          <h2>{t("member.happened")}</h2>
          <Timeline happened={overview.timeline} length={12} />
        </section>
      </div>
      <div className="two">
        <section className="form-section" aria-label={t("member.notes")}>
          <h2>{t("member.notes")}</h2>
          {overview.notes.length === 0 && <p className="help">{t("ui:state.empty")}</p>}
          {overview.notes.map((note) => (
            <p key={note.id}>
              {note.pinned && <Tag color="gold">{t("member.pinned")}</Tag>}
              {note.text} <small>{f.moment(note.at)}</small>
            </p>
          ))}
        </section>
        <section className="form-section" aria-label={t("member.likes")}>
          <h2>{t("member.likes")}</h2>
          <p>
            {(overview.habits?.products ?? [])
              .slice(0, 6)
              .map((one) => `${one.name ?? one.key} ×${one.orders}`)
              .join("，") || t("ui:state.empty")}
          </p>
          {Object.entries(overview.declared.declared).map(([key, value]) => (
            <p key={key}>{t("ui:pair", { name: key, says: value })}</p>
          ))}
        </section>
      </div>
    </div>
  );

  function expiring(view: Schema<"BalanceView"> | undefined, write: (value: number) => string): string | undefined {
    if (!view?.next_expiry) return undefined;
    return t("member.expiring", { on: f.day(view.next_expiry.on), amount: write(view.next_expiry.amount) });
  }
  function nextTier(view: Schema<"TierView"> | null | undefined): string | undefined {
    const next = view?.next;
    if (!next) return undefined;
    if (next.amount_missing != null)
      return t("member.tierNext", { amount: f.money(next.amount_missing), name: next.name });
    return next.count_missing != null
      ? t("member.tierNextCount", { n: next.count_missing, name: next.name })
      : undefined;
  }
}

function Figure({ name, value, note }: { name: string; value: string; note?: string | undefined }) {
  return (
    <div>
      <p>{name}</p>
      <b>{value}</b>
      {note && <small>{note}</small>}
    </div>
  );
}
