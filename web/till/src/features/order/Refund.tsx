import { api, asProblem, newId, newKey, once, type Schema } from "@shuke/api";
import { count, language, moment, useMay } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useEffect, useRef, useState } from "react";
import { Approve } from "../../core/Approve";
import { type Exchanging, PIECE } from "../../core/cart";
import { pieces, useWriting } from "../../core/format";
import { Panel } from "../../core/Panel";
import { usePlace } from "../../core/place";

type Order = Schema<"Order">;
type Refund = Schema<"Refund">;

const tenderText = (tender: string) => `account.${tender}` as "account.cash";

interface Props {
  order: Order | undefined;
  error: unknown;
  onAgain: () => void;
  onReceipt: () => void;
  onRefundReceipt: (refund: string) => void;
  /** What was chosen comes back for other goods. */
  onExchange: (exchange: Exchanging) => void;
  onClose: () => void;
}

/** An order, line by line; what is chosen is quoted before anything is taken back. */
export function RefundPanel({ order, error, onAgain, onReceipt, onRefundReceipt, onExchange, onClose }: Props) {
  const { t } = useWriting();
  const [done, setDone] = useState<Refund | undefined>(undefined);
  return (
    <Panel title={order ? t("order.number", { number: order.number }) : t("order.title")} onClose={onClose} wide>
      <ProblemNotice error={error} onRetry={onAgain} />
      {order ? (
        done ? (
          <Done refund={done} onReceipt={() => onRefundReceipt(done.id)} onClose={onClose} />
        ) : (
          <Lines order={order} onDone={setDone} onReceipt={onReceipt} onExchange={onExchange} />
        )
      ) : error ? null : (
        <p>{t("ui:state.loading")}</p>
      )}
    </Panel>
  );
}

function Done({ refund, onReceipt, onClose }: { refund: Refund; onReceipt: () => void; onClose: () => void }) {
  const { t, money } = useWriting();
  return (
    <div className="done">
      <p>{t("refund.done")}</p>
      <p className="enormous figure">{money(refund.amount)}</p>
      <ul>
        {refund.payments.map((one) => (
          <li key={one.tender}>
            {t(tenderText(one.tender))} <b className="figure">{money(one.amount)}</b>
          </li>
        ))}
      </ul>
      <div className="choices">
        {/* biome-ignore lint/a11y/noAutofocus: Enter goes on */}
        <button type="button" className="btn main" autoFocus onClick={onClose}>
          {t("ui:do.confirm")}
        </button>
        <button type="button" className="btn" onClick={onReceipt}>
          {t("done.receipt")}
        </button>
      </div>
    </div>
  );
}

function Lines({
  order,
  onDone,
  onReceipt,
  onExchange,
}: Pick<Props, "onReceipt" | "onExchange"> & {
  order: Order;
  onDone: (refund: Refund) => void;
}) {
  const { t, money } = useWriting();
  const { store } = usePlace();
  const may = useMay("sale:refund");
  const [back, setBack] = useState<Record<number, number>>({});
  const [damaged, setDamaged] = useState<Record<number, boolean>>({});
  const lines: Schema<"RefundLine">[] = Object.entries(back)
    .filter(([, milli]) => milli > 0)
    .map(([line, milli]) => ({ line: Number(line), quantity_milli: milli, damaged: damaged[Number(line)] ?? false }));
  const set = (line: number, milli: number) => setBack({ ...back, [line]: milli });
  return (
    <>
      <p>
        {moment(order.at, store.zone, language())} · {t("order.paid", { total: money(order.total) })}{" "}
        {order.payments.map((one) => `${t(tenderText(one.tender))} ${money(one.amount)}`).join(" · ")}
      </p>
      <table className="table folds">
        <thead>
          <tr>
            <th scope="col">{t("refund.goods")}</th>
            <th scope="col">{t("refund.paid")}</th>
            <th scope="col">{t("refund.left")}</th>
            <th scope="col">{t("refund.back")}</th>
            <th scope="col">{t("refund.damaged")}</th>
          </tr>
        </thead>
        <tbody>
          {order.lines.map((line) => {
            const left = line.quantity_milli - line.refunded_milli;
            const now = back[line.line] ?? 0;
            return (
              <tr key={line.line}>
                <th scope="row">
                  {line.name} <small>{line.sku}</small>
                </th>
                <td className="figure">{money(line.net)}</td>
                <td className="figure">{pieces(left)}</td>
                <td>
                  <fieldset className="quantity" aria-label={t("refund.backOf", { name: line.name })}>
                    <button
                      type="button"
                      className="btn"
                      disabled={now <= 0}
                      aria-label={t("cart.less")}
                      onClick={() => set(line.line, Math.max(0, now - PIECE))}
                    >
                      −
                    </button>
                    <output>{pieces(now)}</output>
                    <button
                      type="button"
                      className="btn"
                      disabled={!may || now >= left}
                      aria-label={t("cart.more")}
                      onClick={() => set(line.line, Math.min(left, now + PIECE))}
                    >
                      +
                    </button>
                  </fieldset>
                </td>
                <td>
                  <input
                    type="checkbox"
                    aria-label={t("refund.damagedOf", { name: line.name })}
                    checked={damaged[line.line] ?? false}
                    onChange={(event) => setDamaged({ ...damaged, [line.line]: event.target.checked })}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <div className="choices">
        <button
          type="button"
          className="btn"
          disabled={!may}
          onClick={() =>
            setBack(
              Object.fromEntries(order.lines.map((line) => [line.line, line.quantity_milli - line.refunded_milli])),
            )
          }
        >
          {t("refund.all")}
        </button>
        <button type="button" className="btn" onClick={onReceipt}>
          {t("order.reprint")}
        </button>
      </div>
      {may ? null : <p className="warn">{t("refund.notAllowed")}</p>}
      {may && lines.length > 0 ? <Quoted order={order} lines={lines} onDone={onDone} onExchange={onExchange} /> : null}
    </>
  );
}

function Quoted({
  order,
  lines,
  onDone,
  onExchange,
}: Pick<Props, "onExchange"> & {
  order: Order;
  lines: Schema<"RefundLine">[];
  onDone: (refund: Refund) => void;
}) {
  const { t, money } = useWriting();
  const { till, store } = usePlace();
  const [quote, setQuote] = useState<Schema<"RefundQuote"> | undefined>(undefined);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const attempt = useRef({ of: "", id: newId(), key: newKey() });
  const of = JSON.stringify(lines);
  useEffect(() => {
    const abort = new AbortController();
    setQuote(undefined);
    setError(undefined);
    const body = { order: order.id, lines: JSON.parse(of) as Schema<"RefundLine">[] };
    api
      .POST("/api/v1/refund-quotes", { body, signal: abort.signal })
      .then(({ data }) => setQuote(data))
      .catch((thrown: unknown) => {
        if (!abort.signal.aborted) setError(thrown);
      });
    return () => abort.abort();
  }, [order.id, of]);
  const refund = async (approval?: string) => {
    if (busy || !quote || !reason.trim()) return;
    const words = JSON.stringify([of, reason.trim(), approval]);
    // Another reason or an approval is another request of the same refund.
    if (attempt.current.of !== words) attempt.current = { of: words, id: attempt.current.id, key: newKey() };
    setBusy(true);
    setError(undefined);
    try {
      const { data } = await api.POST("/api/v1/refunds", {
        params: { header: once(attempt.current.key) },
        body: {
          id: attempt.current.id,
          order: order.id,
          lines,
          reason: reason.trim(),
          till: order.store === store.id ? till.id : undefined,
          ...(approval ? { approval } : {}),
        },
      });
      if (data) onDone(data);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const exchange = (payments: Schema<"Payment">[]) =>
    onExchange({
      id: newId(),
      refund: { id: newId(), order: order.id, lines, reason: reason.trim() || t("refund.exchange") },
      number: order.number,
      member: order.member ?? undefined,
      goods: lines.map((line) => ({
        name: order.lines.find((one) => one.line === line.line)?.name ?? "",
        quantityMilli: line.quantity_milli,
      })),
      back: payments,
    });
  const needs = error !== undefined && asProblem(error).code === "approval_needed";
  return (
    <section className="stack" aria-label={t("refund.title")}>
      {quote ? (
        <>
          <p>
            {t("refund.givesBack")} <b className="figure big">{money(quote.amount)}</b>
          </p>
          <ul>
            {quote.payments.map((one) => (
              <li key={one.tender}>
                {t(tenderText(one.tender))} <b className="figure">{money(one.amount)}</b>
              </li>
            ))}
            {quote.points_returned > 0 ? (
              <li>{t("refund.pointsBack", { points: count(quote.points_returned, language()) })}</li>
            ) : null}
            {quote.points_clawed > 0 ? (
              <li>{t("refund.pointsClawed", { points: count(quote.points_clawed, language()) })}</li>
            ) : null}
          </ul>
        </>
      ) : error ? null : (
        <p>{t("ui:state.loading")}</p>
      )}
      <div className="choices">
        {(["wrong", "faulty", "mind"] as const).map((one) => (
          <button
            type="button"
            key={one}
            className="btn small"
            aria-pressed={reason === t(`refund.why.${one}`)}
            onClick={() => setReason(t(`refund.why.${one}`))}
          >
            {t(`refund.why.${one}`)}
          </button>
        ))}
      </div>
      <label>
        {t("refund.reason")}
        <input className="field" maxLength={200} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <ProblemNotice error={error} />
      {needs && quote ? (
        <Approve order={order.id} amount={quote.amount} reason={reason.trim()} onApproved={(id) => void refund(id)} />
      ) : (
        <div className="choices">
          <button
            type="button"
            className="btn main"
            disabled={busy || !quote || !reason.trim()}
            onClick={() => void refund()}
          >
            {t("refund.refund", { amount: quote ? money(quote.amount) : "" })}
          </button>
          {order.store === store.id ? (
            <button
              type="button"
              className="btn"
              disabled={busy || !quote}
              onClick={() => quote && exchange(quote.payments)}
            >
              {t("refund.exchangeFor")}
            </button>
          ) : null}
        </div>
      )}
    </section>
  );
}
