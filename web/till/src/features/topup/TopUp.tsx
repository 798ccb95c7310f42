import { api, newId, newKey, once, query, type Schema } from "@shuke/api";
import { dateIn, useCurrency } from "@shuke/ui";
import { MoneyInput, ProblemNotice } from "@shuke/ui/antd";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useWriting } from "../../core/format";
import { type Brief, TILL_VIEW } from "../../core/members";
import { Panel } from "../../core/Panel";
import { usePlace } from "../../core/place";
import { Receipt } from "../../core/Receipt";

const TENDERS = ["cash", "wechat_pay", "alipay", "bank_card", "other"] as const;

/** Takes money for the wallet: by a plan, or any amount. */
export function TopUp({ member, onClose }: { member: Brief; onClose: () => void }) {
  const { t, money } = useWriting();
  const currency = useCurrency();
  const { store, till } = usePlace();
  const queries = useQueryClient();
  const plans = query.useQuery("get", "/api/v1/top-up-plans");
  const today = dateIn(Date.now(), store.zone);
  const offered = (plans.data ?? []).filter(
    ({ plan, state }) =>
      state === "published" &&
      (!plan.from || plan.from <= today) &&
      (!plan.to || today <= plan.to) &&
      (!plan.stores?.length || plan.stores.includes(store.id)),
  );
  const [plan, setPlan] = useState<string | undefined>(undefined);
  const [amount, setAmount] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const [done, setDone] = useState<Schema<"TopUp"> | undefined>(undefined);
  const [receipt, setReceipt] = useState(false);
  const attempt = useRef({ of: "", id: "", key: "" });
  const chosen = offered.find((one) => one.plan.id === plan)?.plan;
  const pays = chosen?.pay ?? amount ?? 0;
  const take = async (tender: Schema<"TopUpTender">) => {
    if (busy || pays <= 0) return;
    const of = JSON.stringify([plan, amount, tender]);
    if (attempt.current.of !== of) attempt.current = { of, id: newId(), key: newKey() };
    setBusy(true);
    setError(undefined);
    try {
      const { data } = await api.POST("/api/v1/top-ups", {
        params: { header: once(attempt.current.key) },
        body: {
          id: attempt.current.id,
          member: member.id,
          store: store.id,
          till: till.id,
          tender,
          ...(chosen ? { plan: chosen.id } : { amount: pays }),
        },
      });
      setDone(data);
      await queries.invalidateQueries({ queryKey: TILL_VIEW });
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  if (done)
    return (
      <Panel title={t("topUp.done")} onClose={onClose}>
        <p className="huge figure">{money(done.principal)}</p>
        {done.bonus > 0 ? <p>{t("topUp.bonus", { bonus: money(done.bonus) })}</p> : null}
        <div className="choices">
          {/* biome-ignore lint/a11y/noAutofocus: Enter goes on */}
          <button type="button" className="btn main" autoFocus onClick={onClose}>
            {t("ui:do.confirm")}
          </button>
          <button type="button" className="btn" onClick={() => setReceipt(true)}>
            {t("done.receipt")}
          </button>
        </div>
        {receipt ? <Receipt kind="top_up" document={done.id} onClose={() => setReceipt(false)} /> : null}
      </Panel>
    );
  return (
    <Panel title={t("topUp.title", { name: member.name ?? member.number })} onClose={onClose} locked={busy}>
      <div className="stack">
        <ProblemNotice error={plans.error} onRetry={() => void plans.refetch()} />
        {offered.length > 0 ? (
          <fieldset className="choices">
            <legend>{t("topUp.plan")}</legend>
            {offered.map(({ plan: one }) => (
              <button
                type="button"
                key={one.id}
                className="btn"
                aria-pressed={plan === one.id}
                onClick={() => {
                  setPlan(plan === one.id ? undefined : one.id);
                  setAmount(null);
                }}
              >
                {one.name}
                <small>{t("topUp.planSays", { pay: money(one.pay), bonus: money(one.bonus ?? 0) })}</small>
              </button>
            ))}
          </fieldset>
        ) : null}
        <label>
          {t("topUp.amount")}
          <MoneyInput
            currency={currency}
            size="large"
            value={amount}
            onChange={(next) => {
              setAmount(next);
              if (next !== null) setPlan(undefined);
            }}
          />
        </label>
        <ProblemNotice error={error} />
        <p>
          {t("topUp.take")} <b className="figure big">{money(pays)}</b>
        </p>
        <fieldset className="choices">
          <legend>{t("topUp.how")}</legend>
          {TENDERS.map((tender) => (
            <button
              type="button"
              key={tender}
              className="btn"
              disabled={busy || pays <= 0}
              onClick={() => void take(tender)}
            >
              {t(`tender.${tender}`)}
            </button>
          ))}
        </fieldset>
      </div>
    </Panel>
  );
}
