import { api, asProblem, newId, newKey, once, query, type Schema } from "@shuke/api";
import { language, moment, useCurrency } from "@shuke/ui";
import { MoneyInput, ProblemNotice } from "@shuke/ui/antd";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useWriting } from "../../core/format";
import { usePlace } from "../../core/place";
import { useShift } from "./useShift";

/** Runs one write at a time; the key is kept for retries of the same words. */
function useOnce() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const attempt = useRef({ of: "", id: "", key: "" });
  const run = async (words: unknown, write: (id: string, key: string) => Promise<unknown>) => {
    if (busy) return false;
    const of = JSON.stringify(words);
    if (attempt.current.of !== of) attempt.current = { of, id: newId(), key: newKey() };
    setBusy(true);
    setError(undefined);
    try {
      await write(attempt.current.id, attempt.current.key);
      attempt.current = { of: "", id: "", key: "" };
      return true;
    } catch (thrown) {
      setError(thrown);
      if (!asProblem(thrown).offline) attempt.current = { of: "", id: "", key: "" };
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, error };
}

/** Opens a shift with the cash that is in the drawer, looks into it, and closes it with a count. */
export function ShiftPage({ onSell }: { onSell: () => void }) {
  const { t } = useWriting();
  const shift = useShift();
  const [closed, setClosed] = useState<Schema<"ShiftReport"> | undefined>(undefined);
  if (closed)
    return (
      <section className="sheet">
        <h1>{t("shift.closedTitle")}</h1>
        <Report report={closed} />
        <button type="button" className="btn main" onClick={() => setClosed(undefined)}>
          {t("shift.next")}
        </button>
      </section>
    );
  return (
    <section className="sheet">
      <h1>{t("shift.title")}</h1>
      <ProblemNotice error={shift.error} onRetry={() => void shift.again()} />
      {shift.pending ? (
        <p>{t("ui:state.loading")}</p>
      ) : !shift.on ? (
        <p>{t("shift.off")}</p>
      ) : shift.open ? (
        <Running shift={shift.open} onClosed={setClosed} />
      ) : (
        <Open onOpen={onSell} />
      )}
      <button type="button" className="btn" onClick={onSell}>
        {t("shift.sell")} <kbd>Esc</kbd>
      </button>
    </section>
  );
}

function Open({ onOpen }: { onOpen: () => void }) {
  const { t } = useWriting();
  const currency = useCurrency();
  const { till } = usePlace();
  const queries = useQueryClient();
  const [opening, setOpening] = useState<number | null>(null);
  const { run, busy, error } = useOnce();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (opening === null) return;
    const done = await run({ opening }, (id, key) =>
      api.POST("/api/v1/shifts", { params: { header: once(key) }, body: { id, till: till.id, opening } }),
    );
    if (!done) return;
    await queries.invalidateQueries({ queryKey: ["get", "/api/v1/shifts"] });
    onOpen();
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <p>{t("shift.openHint")}</p>
      <label>
        {t("shift.float")}
        <MoneyInput currency={currency} size="large" value={opening} onChange={setOpening} autoFocus />
      </label>
      <ProblemNotice error={error} />
      <button type="submit" className="btn main" disabled={busy || opening === null}>
        {t("shift.open")}
      </button>
    </form>
  );
}

function Running({ shift, onClosed }: { shift: Schema<"Shift">; onClosed: (report: Schema<"ShiftReport">) => void }) {
  const { t } = useWriting();
  const report = query.useQuery("get", "/api/v1/shifts/{id}", { params: { path: { id: shift.id } } }, { staleTime: 0 });
  return (
    <>
      <ProblemNotice error={report.error} onRetry={() => void report.refetch()} />
      {report.isPending ? <p>{t("ui:state.loading")}</p> : null}
      {report.data ? <Report report={report.data} /> : null}
      <Move shift={shift} onMoved={() => void report.refetch()} />
      <Close shift={shift} onClosed={onClosed} />
    </>
  );
}

function Move({ shift, onMoved }: { shift: Schema<"Shift">; onMoved: () => void }) {
  const { t } = useWriting();
  const currency = useCurrency();
  const [direction, setDirection] = useState<Schema<"CashDirection">>("out");
  const [amount, setAmount] = useState<number | null>(null);
  const [reason, setReason] = useState("");
  const { run, busy, error } = useOnce();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!amount || !reason.trim()) return;
    const words = { direction, amount, reason: reason.trim() };
    const done = await run(words, (id, key) =>
      api.POST("/api/v1/shifts/{id}/cash", {
        params: { path: { id: shift.id }, header: once(key) },
        body: { id, ...words },
      }),
    );
    if (!done) return;
    setAmount(null);
    setReason("");
    onMoved();
  };
  return (
    <details className="fold">
      <summary>{t("shift.move")}</summary>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <div className="choices">
          {(["out", "in"] as const).map((one) => (
            <button
              type="button"
              key={one}
              className="btn"
              aria-pressed={direction === one}
              onClick={() => setDirection(one)}
            >
              {t(`shift.${one}`)}
            </button>
          ))}
        </div>
        <label>
          {t("shift.amount")}
          <MoneyInput currency={currency} size="large" value={amount} onChange={setAmount} />
        </label>
        <label>
          {t("shift.reason")}
          <input className="field" maxLength={200} value={reason} onChange={(event) => setReason(event.target.value)} />
        </label>
        <ProblemNotice error={error} />
        <button type="submit" className="btn" disabled={busy || !amount || !reason.trim()}>
          {t("shift.book")}
        </button>
      </form>
    </details>
  );
}

function Close({ shift, onClosed }: { shift: Schema<"Shift">; onClosed: (report: Schema<"ShiftReport">) => void }) {
  const { t } = useWriting();
  const currency = useCurrency();
  const queries = useQueryClient();
  const [counted, setCounted] = useState<number | null>(null);
  const [deposit, setDeposit] = useState<number | null>(null);
  const { run, busy, error } = useOnce();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (counted === null) return;
    const words = { counted, deposit: deposit ?? 0 };
    let report: Schema<"ShiftReport"> | undefined;
    const done = await run(words, async (_, key) => {
      const answer = await api.POST("/api/v1/shifts/{id}/close", {
        params: { path: { id: shift.id }, header: once(key) },
        body: words,
      });
      report = answer.data;
    });
    if (!done || !report) return;
    onClosed(report);
    await queries.invalidateQueries({ queryKey: ["get", "/api/v1/shifts"] });
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <h2>{t("shift.close")}</h2>
      <p>{t("shift.closeHint")}</p>
      <label>
        {t("shift.counted")}
        <MoneyInput currency={currency} size="large" value={counted} onChange={setCounted} />
      </label>
      <label>
        {t("shift.deposit")}
        <MoneyInput currency={currency} size="large" value={deposit} onChange={setDeposit} placeholder="0" />
      </label>
      <ProblemNotice error={error} />
      <button type="submit" className="btn main" disabled={busy || counted === null}>
        {t("shift.close")}
      </button>
    </form>
  );
}

function Report({ report }: { report: Schema<"ShiftReport"> }) {
  const { t, money, zone } = useWriting();
  const { store } = usePlace();
  const { shift } = report;
  return (
    <>
      <p>
        {t("shift.since", {
          when: moment(shift.opened_at, store.zone || zone, language()),
          float: money(shift.opening),
        })}
      </p>
      <p>{t("shift.counts", { sales: report.sales, refunds: report.refunds, topUps: report.top_ups })}</p>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t("shift.tender")}</th>
            <th scope="col">{t("shift.sales")}</th>
            <th scope="col">{t("shift.refunds")}</th>
            <th scope="col">{t("shift.topUps")}</th>
            <th scope="col">{t("shift.net")}</th>
          </tr>
        </thead>
        <tbody>
          {report.tenders.map((row) => (
            <tr key={row.tender}>
              <th scope="row">{t(`account.${row.tender}` as "account.cash", { defaultValue: row.tender })}</th>
              <td className="figure">{money(row.sales)}</td>
              <td className="figure">{money(row.refunds)}</td>
              <td className="figure">{money(row.top_ups)}</td>
              <td className="figure">{money(row.net)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {report.expected != null ? (
        <p>
          {t("shift.expected")} <b className="figure">{money(report.expected)}</b>
        </p>
      ) : shift.state === "open" ? (
        <p>
          <small>{t("shift.blind")}</small>
        </p>
      ) : null}
      {shift.counted != null ? (
        <p>
          {t("shift.counted")} <b className="figure">{money(shift.counted)}</b>
        </p>
      ) : null}
      {report.difference != null ? (
        <p className={report.difference === 0 ? "good big" : "warn big"} role="status">
          {t("shift.difference")} <b className="figure">{money(report.difference, true)}</b>{" "}
          {report.difference === 0 ? t("shift.exact") : report.difference < 0 ? t("shift.short") : t("shift.over")}
        </p>
      ) : null}
    </>
  );
}
