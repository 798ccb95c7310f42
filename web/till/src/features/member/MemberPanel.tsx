import { query, type Schema } from "@shuke/api";
import { count, day, language, useMay } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { type ReactNode, useEffect, useState } from "react";
import type { Cart } from "../../core/cart";
import { connected } from "../../core/connection";
import { db } from "../../core/db";
import { useWriting } from "../../core/format";
import { heldAlone } from "../../core/members";
import type { Priced } from "../../core/price";
import { waitingSales } from "../../core/queue";
import { alone } from "../../core/snapshot";
import { useStore } from "../../core/store";
import { type Hint, hintsFor } from "./hints";
import "./member.css";

type View = Schema<"TillView">;

interface Props {
  cart: Cart;
  priced: Priced | undefined;
  onLeave: () => void;
  onCoupons: () => void;
  onPoints: () => void;
  onTopUp: () => void;
  onPasses: () => void;
  onSellPass: () => void;
  /** Absent for who may not take money for it. */
  onSellCard: (() => void) | undefined;
}

/** Who it is: what they have, what can be used now and why the rest can't, what to say. */
export function MemberPanel(props: Props) {
  const { t } = useWriting();
  const online = useStore(connected);
  const { member } = props.cart;
  const id = member?.id ?? "";
  const view = query.useQuery(
    "get",
    "/api/v1/members/{id}/till-view",
    { params: { path: { id } } },
    { enabled: !!member && online, staleTime: 30_000 },
  );
  const { balances } = view.data ?? {};
  useEffect(() => {
    // For when the server is out of reach.
    if (balances)
      void db()
        .members.update(id, lastSeen(balances))
        .catch(() => undefined);
  }, [id, balances]);
  if (!member) return null;
  return (
    <>
      <header className="who">
        <div className="grow">
          <h2>
            {member.name ?? member.number}
            {view.data?.tier?.name ? <span className="tier">{view.data.tier.name}</span> : null}
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
      <StageLine member={member} days={view.data?.days_since_last ?? undefined} />
      {online ? <ProblemNotice error={view.error} onRetry={() => void view.refetch()} /> : <Alone id={id} />}
      {view.isPending && online ? <p>{t("ui:state.loading")}</p> : null}
      {view.data ? (
        <>
          <Told view={view.data} />
          <Assets {...props} view={view.data} />
          <Coupons {...props} view={view.data} />
        </>
      ) : null}
    </>
  );
}

const lastSeen = ({ points, principal, bonus }: Schema<"Balances">) => ({
  points: points.available,
  wallet: principal.available + bonus.available,
});

/** What was known of the member when the server was there last, and what of it can be used now. */
function Alone({ id }: { id: string }) {
  const { t, money } = useWriting();
  const most = useStore(alone)?.policy.wallet_max ?? 0;
  const waiting = useStore(waitingSales).length;
  const [held, setHeld] = useState<Awaited<ReturnType<typeof heldAlone>> | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a sale that waits takes of it
  useEffect(() => {
    let left = false;
    void heldAlone(id).then((found) => {
      if (!left) setHeld(found);
    });
    return () => {
      left = true;
    };
  }, [id, waiting]);
  const wallet = held ? Math.max(0, held.wallet - held.waiting) : 0;
  return (
    <>
      <p className="warn">{most > 0 ? t("member.aloneWallet", { most: money(most) }) : t("member.alone")}</p>
      {held?.points !== undefined ? (
        <p>{t("member.lastSeen", { points: count(held.points, language()), wallet: money(wallet) })}</p>
      ) : null}
    </>
  );
}

function StageLine({ member, days }: { member: Schema<"MemberBrief">; days: number | undefined }) {
  const { t } = useWriting();
  const when = days === undefined ? "" : days === 0 ? t("ui:today") : t("ui:daysAgo", { count: days });
  return (
    <p>
      <span className={`stage ${member.stage}`}>{t(`stage.${member.stage}`)}</span>{" "}
      {member.orders === 0
        ? t("member.neverBought")
        : when
          ? t("member.lastVisit", { when, orders: member.orders })
          : ""}
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

function Assets(props: Props & { view: View }) {
  const { t, money } = useWriting();
  const { view, cart } = props;
  const may = useMay("wallet:top-up");
  const { balances } = view;
  const next = balances?.points.next_expiry;
  return (
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
      {balances || view.passes.length > 0 ? (
        <Row
          title={t("member.passes")}
          action={
            <>
              {view.passes.length > 0 ? (
                <button type="button" className="btn small" onClick={props.onPasses}>
                  {t("member.usePass")}
                </button>
              ) : null}
              {may ? (
                <button type="button" className="btn small" onClick={props.onSellPass}>
                  {t("pass.sell")}
                </button>
              ) : null}
            </>
          }
        >
          {view.passes.length === 0 ? <small>{t("pass.none")}</small> : null}
          {view.passes.map((pass) => (
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
      ) : null}
      {props.onSellCard ? (
        <Row
          title={t("tender.gift_card")}
          action={
            <button type="button" className="btn small" onClick={props.onSellCard}>
              {t("giftCard.sell")}
            </button>
          }
        >
          <small>{t("giftCard.hint")}</small>
        </Row>
      ) : null}
    </dl>
  );
}

const SHOWN_MAX = 8;

/** For a cart as the quote says, else as they are. */
function Coupons({ view, priced, onCoupons }: Props & { view: View }) {
  const { t, money, whyNot } = useWriting();
  const quoted = priced?.reply?.quote.coupons;
  const ends = new Map(view.coupons.map((coupon) => [coupon.id, coupon.expires_on]));
  const until = (id: string) => (ends.has(id) ? t("member.until", { on: day(ends.get(id) ?? "", language()) }) : "");
  const rows = quoted
    ? quoted.map((one) => ({
        id: one.coupon,
        name: one.name,
        used: one.saved > 0,
        says: one.saved > 0 ? money(-one.saved) : one.why_not ? whyNot(one.why_not) : "",
      }))
    : view.coupons.map((one) => ({
        id: one.id,
        name: one.name,
        used: false,
        says: one.why_not ? whyNot(one.why_not) : "",
      }));
  if (rows.length === 0) return null;
  return (
    <section className="coupons" aria-label={t("member.coupons")}>
      <h3>
        {t("member.coupons")}{" "}
        <button type="button" className="btn small" onClick={onCoupons}>
          {t("member.chooseCoupons")} <kbd>F9</kbd>
        </button>
      </h3>
      <ul>
        {rows.slice(0, SHOWN_MAX).map((row) => (
          <li key={row.id} className={row.used ? "good" : ""}>
            {quoted ? (row.used ? "✓ " : "✗ ") : ""}
            {row.name} <small>{[row.says, until(row.id)].filter(Boolean).join(" · ")}</small>
          </li>
        ))}
      </ul>
      {rows.length > SHOWN_MAX ? <small>{t("member.moreCoupons", { count: rows.length - SHOWN_MAX })}</small> : null}
    </section>
  );
}

function useSaying() {
  const { t, money } = useWriting();
  return (hint: Hint): string => {
    switch (hint.kind) {
      case "birthday": {
        const whose = hint.whose ? t(`relation.${hint.whose}`) : "";
        return hint.days === 0 ? t("hint.birthdayToday", { whose }) : t("hint.birthday", { whose, days: hint.days });
      }
      case "nextTier":
        return t("hint.nextTier", { name: hint.name, missing: money(hint.missing) });
      case "due":
        return t("hint.due", { name: hint.name });
      case "note":
        return hint.text;
      case "starter":
        return t("hint.starter", { text: hint.text });
      case "welcomeBack":
        return t("hint.welcomeBack");
    }
  };
}

/** Tags, children, and what to say. */
function Told({ view }: { view: View }) {
  const { t } = useWriting();
  const saying = useSaying();
  const hints = hintsFor(view).map(saying);
  return (
    <>
      {view.tags.length > 0 ? (
        <p className="tags">
          {view.tags.map((tag) => (
            <span key={tag}>{tag}</span>
          ))}
        </p>
      ) : null}
      {view.children.map((child, at) => (
        <p key={at}>
          {t(`relation.${child.relation}`)}{" "}
          {child.months < 0
            ? t("member.expected", { count: -child.months })
            : t("member.months", { count: child.months })}
        </p>
      ))}
      {hints.length > 0 ? (
        <section className="say" aria-label={t("member.say")}>
          <h3>{t("member.say")}</h3>
          <ul>
            {hints.map((hint) => (
              <li key={hint}>{hint}</li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}
