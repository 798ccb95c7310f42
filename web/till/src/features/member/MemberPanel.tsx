import { query, type Schema } from "@shuke/api";
import { count, dateIn, day, daysBetween, language } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import type { ReactNode } from "react";
import type { Cart } from "../../core/cart";
import { connected } from "../../core/connection";
import { useWriting } from "../../core/format";
import { usePlace } from "../../core/place";
import type { Priced } from "../../core/price";
import { useStore } from "../../core/store";
import { hintsFor, monthsOld } from "./hints";

interface Props {
  cart: Cart;
  priced: Priced | undefined;
  onLeave: () => void;
  onCoupons: () => void;
  onPoints: () => void;
  onTopUp: () => void;
  onPasses: () => void;
}

/** Who it is: what they have, what can be used now and why the rest can't, what to say. */
export function MemberPanel(props: Props) {
  const { t } = useWriting();
  const online = useStore(connected);
  const { member } = props.cart;
  const overview = query.useQuery(
    "get",
    "/api/v1/members/{id}/overview",
    { params: { path: { id: member?.id ?? "" } } },
    { enabled: !!member && online, staleTime: 30_000 },
  );
  if (!member) return null;
  return (
    <>
      <header className="who">
        <div className="grow">
          <h2>
            {member.name ?? member.number}
            {overview.data?.tier?.name ? <span className="tier">{overview.data.tier.name}</span> : null}
          </h2>
          <p>
            {member.phone ?? t("member.noPhone")} · {t("member.number", { number: member.number })}
          </p>
        </div>
        <button type="button" className="btn plain" aria-label={t("member.leave")} onClick={props.onLeave}>
          ✕
        </button>
      </header>
      {member.state === "active" ? null : <p className="warn">{t(`member.state.${member.state}`)}</p>}
      <StageLine member={member} />
      {online ? (
        <ProblemNotice error={overview.error} onRetry={() => void overview.refetch()} />
      ) : (
        <p className="warn">{t("member.alone")}</p>
      )}
      {overview.isPending && online ? <p>{t("ui:state.loading")}</p> : null}
      {overview.data ? <Assets {...props} overview={overview.data} /> : null}
    </>
  );
}

function StageLine({ member }: { member: Schema<"MemberBrief"> }) {
  const { t } = useWriting();
  const { store } = usePlace();
  const last = member.last_purchase_on;
  const days = last ? daysBetween(last, dateIn(Date.now(), store.zone)) : undefined;
  return (
    <p>
      <span className={`stage ${member.stage}`}>{t(`stage.${member.stage}`)}</span>{" "}
      {days === undefined
        ? t("member.neverBought")
        : t("member.lastVisit", {
            when: days === 0 ? t("ui:today") : t("ui:daysAgo", { count: days }),
            orders: member.orders,
          })}
    </p>
  );
}

function Row({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="row">
      <dt>{title}</dt>
      <dd>{children}</dd>
      {action ? <dd className="act">{action}</dd> : null}
    </div>
  );
}

function Assets(props: Props & { overview: Schema<"Overview"> }) {
  const { t, money } = useWriting();
  const { overview, cart } = props;
  const { balances } = overview;
  const next = balances?.points.next_expiry;
  return (
    <>
      <Hints overview={overview} />
      <dl className="assets">
        {balances ? (
          <>
            <Row
              title={t("member.points")}
              action={
                <button type="button" className="btn small" disabled={cart.lines.length === 0} onClick={props.onPoints}>
                  {t("member.usePoints")}
                </button>
              }
            >
              <b className="figure">{count(balances.points.available, language())}</b>
              {next ? (
                <small>
                  {t("member.expire", { what: count(next.amount, language()), on: day(next.on, language()) })}
                </small>
              ) : null}
              {balances.points.debt > 0 ? (
                <small className="warn">{t("member.debt", { count: balances.points.debt })}</small>
              ) : null}
            </Row>
            <Row
              title={t("member.wallet")}
              action={
                <button type="button" className="btn small" onClick={props.onTopUp}>
                  {t("member.topUp")} <kbd>F3</kbd>
                </button>
              }
            >
              <b className="figure">
                {money(balances.principal.available)} + {money(balances.bonus.available)}
              </b>
              <small>{t("member.walletParts")}</small>
            </Row>
          </>
        ) : null}
        <Passes {...props} />
      </dl>
      <Coupons {...props} />
    </>
  );
}

function Passes({ cart, onPasses }: Props) {
  const { t } = useWriting();
  const passes = query.useQuery(
    "get",
    "/api/v1/members/{id}/passes",
    { params: { path: { id: cart.member?.id ?? "" }, query: { limit: 20 } } },
    { staleTime: 30_000 },
  );
  const usable = (passes.data?.items ?? []).filter((pass) => pass.state === "active");
  if (usable.length === 0) return null;
  return (
    <Row
      title={t("member.passes")}
      action={
        <button type="button" className="btn small" onClick={onPasses}>
          {t("member.usePass")}
        </button>
      }
    >
      {usable.map((pass) => (
        <div key={pass.id}>
          {pass.name}{" "}
          <b className="figure">
            {pass.items
              .map((item) =>
                item.visits_left == null ? t("member.unlimited") : t("member.visits", { count: item.visits_left }),
              )
              .join(" · ")}
          </b>
          {pass.expires_on ? <small>{t("member.until", { on: day(pass.expires_on, language()) })}</small> : null}
        </div>
      ))}
    </Row>
  );
}

function Coupons({ overview, priced, onCoupons }: Props & { overview: Schema<"Overview"> }) {
  const { t, money, whyNot } = useWriting();
  const quoted = priced?.reply?.quote.coupons;
  const held = overview.coupons;
  if (held.length === 0 && !quoted?.length) return null;
  const ends = new Map(held.map((coupon) => [coupon.id, coupon.expires_on]));
  return (
    <section className="coupons" aria-label={t("member.coupons")}>
      <h3>
        {t("member.coupons")}{" "}
        <button type="button" className="btn small" onClick={onCoupons}>
          {t("member.chooseCoupons")} <kbd>F9</kbd>
        </button>
      </h3>
      <ul>
        {quoted
          ? quoted.slice(0, 8).map((coupon) => (
              <li key={coupon.coupon} className={coupon.saved > 0 ? "good" : ""}>
                {coupon.saved > 0 ? "✓" : "✗"} {coupon.name}{" "}
                <small>
                  {coupon.saved > 0 ? money(-coupon.saved) : coupon.why_not ? whyNot(coupon.why_not) : ""}
                  {ends.has(coupon.coupon)
                    ? ` · ${t("member.until", { on: day(ends.get(coupon.coupon) ?? "", language()) })}`
                    : ""}
                </small>
              </li>
            ))
          : held.slice(0, 8).map((coupon) => (
              <li key={coupon.id}>
                {coupon.name} <small>{t("member.until", { on: day(coupon.expires_on, language()) })}</small>
              </li>
            ))}
      </ul>
    </section>
  );
}

function Hints({ overview }: { overview: Schema<"Overview"> }) {
  const { t, money } = useWriting();
  const { store } = usePlace();
  const today = dateIn(Date.now(), store.zone);
  const hints = hintsFor(overview, today);
  const children = overview.member.dependents.filter((one) => one.born_on || one.due_on);
  return (
    <>
      {overview.member.tags.length > 0 ? (
        <p className="tags">
          {overview.member.tags
            .filter((tag) => !tag.archived)
            .map((tag) => (
              <span key={tag.id}>{tag.name}</span>
            ))}
        </p>
      ) : null}
      {children.map((one) => (
        <p key={one.id}>
          {one.name ?? t(`relation.${one.relation}`)}{" "}
          {one.born_on
            ? t("member.months", { count: monthsOld(one.born_on, today) })
            : t("member.due", { on: day(one.due_on ?? "", language()) })}
        </p>
      ))}
      {hints.length > 0 ? (
        <section className="say" aria-label={t("member.say")}>
          <h3>{t("member.say")}</h3>
          <ul>
            {hints.map((hint) => (
              <li key={hint.kind + ("text" in hint ? hint.text : "")}>
                {hint.kind === "nextTier"
                  ? t("hint.nextTier", { name: hint.name, missing: money(hint.missing) })
                  : hint.kind === "note" || hint.kind === "usual" || hint.kind === "likes"
                    ? t(`hint.${hint.kind}`, { text: hint.text })
                    : hint.kind === "birthday"
                      ? t("hint.birthday", { days: hint.days })
                      : t(`hint.${hint.kind}`)}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}
