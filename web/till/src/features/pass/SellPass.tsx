import { api, newId, newKey, once, query, type Schema } from "@shuke/api";
import { day, language } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useWriting } from "../../core/format";
import { type Brief, TILL_VIEW } from "../../core/members";
import { Panel } from "../../core/Panel";
import { usePlace } from "../../core/place";

const TENDERS = ["cash", "wechat_pay", "alipay", "bank_card", "wallet", "other"] as const;

/** Sells a pass: which one, and how it is paid. */
export function SellPass({ member, onClose }: { member: Brief; onClose: () => void }) {
  const { t, money } = useWriting();
  const { store, till } = usePlace();
  const queries = useQueryClient();
  const plans = query.useQuery("get", "/api/v1/pass-plans");
  const offered = (plans.data ?? []).filter(
    ({ plan, state }) => state === "published" && (!plan.stores?.length || plan.stores.includes(store.id)),
  );
  const [chosen, setChosen] = useState<Schema<"PassPlan"> | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const [done, setDone] = useState<Schema<"PassView"> | undefined>(undefined);
  // One pass for each decision: pressing again is a retry, another plan or tender is another one.
  const attempt = useRef({ of: "", id: "", key: "" });
  const sell = async (plan: Schema<"PassPlan">, tender: (typeof TENDERS)[number]) => {
    if (busy) return;
    const of = JSON.stringify([plan.id, tender]);
    if (attempt.current.of !== of) attempt.current = { of, id: newId(), key: newKey() };
    setBusy(true);
    setError(undefined);
    try {
      const { data } = await api.POST("/api/v1/passes", {
        params: { header: once(attempt.current.key) },
        body: {
          id: attempt.current.id,
          member: member.id,
          plan: plan.id,
          store: store.id,
          till: till.id,
          payments: plan.price > 0 ? [{ tender, amount: plan.price }] : [],
        },
      });
      setDone(data);
      await queries.invalidateQueries({ queryKey: TILL_VIEW });
      await queries.invalidateQueries({ queryKey: ["get", "/api/v1/members/{id}/passes"] });
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  if (done)
    return (
      <Panel title={t("pass.sold")} onClose={onClose}>
        <p className="huge">{done.name}</p>
        <ul>
          {done.items.map((item) => (
            <li key={item.terms.name}>
              {item.terms.name}{" "}
              {item.visits_left == null ? t("member.unlimited") : t("member.visits", { count: item.visits_left })}
            </li>
          ))}
        </ul>
        {done.expires_on ? <p>{t("member.until", { on: day(done.expires_on, language()) })}</p> : null}
        {/* biome-ignore lint/a11y/noAutofocus: Enter goes on */}
        <button type="button" className="btn main" autoFocus onClick={onClose}>
          {t("ui:do.confirm")}
        </button>
      </Panel>
    );
  return (
    <Panel title={t("pass.sellTitle", { name: member.name ?? member.number })} onClose={onClose} locked={busy}>
      <ProblemNotice error={plans.error} onRetry={() => void plans.refetch()} />
      {plans.isPending ? <p>{t("ui:state.loading")}</p> : null}
      {plans.isSuccess && offered.length === 0 ? <p>{t("pass.noPlans")}</p> : null}
      <ul className="picks" aria-label={t("pass.plans")}>
        {offered.map(({ plan }) => (
          <li key={plan.id}>
            <button
              type="button"
              className="btn wide"
              aria-pressed={chosen?.id === plan.id}
              onClick={() => setChosen(plan)}
            >
              <span className="grow">
                {plan.name}{" "}
                <small>
                  {plan.items
                    .map(
                      (item) =>
                        `${item.name} ${item.visits == null ? t("member.unlimited") : t("pass.visits", { count: item.visits })}`,
                    )
                    .join(" · ")}
                </small>
              </span>
              <b className="figure">{money(plan.price)}</b>
            </button>
          </li>
        ))}
      </ul>
      <ProblemNotice error={error} />
      {chosen ? (
        <>
          <p>
            {t("topUp.take")} <b className="figure big">{money(chosen.price)}</b>
          </p>
          <fieldset className="choices">
            <legend>{t("topUp.how")}</legend>
            {TENDERS.map((tender) => (
              <button
                type="button"
                key={tender}
                className="btn"
                disabled={busy}
                onClick={() => void sell(chosen, tender)}
              >
                {t(`tender.${tender}`)}
              </button>
            ))}
          </fieldset>
        </>
      ) : null}
    </Panel>
  );
}
