import { language, moment, useMay, useWho } from "@shuke/ui";
import { useState } from "react";
import { connected } from "../../core/connection";
import type { QueuedSale } from "../../core/db";
import { pieces, useWriting } from "../../core/format";
import { LocalReceipt } from "../../core/LocalReceipt";
import { Panel } from "../../core/Panel";
import { usePlace } from "../../core/place";
import { discard, flush, retry, waitingSales } from "../../core/queue";
import { alone } from "../../core/snapshot";
import { useStore } from "../../core/store";
import { Differing } from "./Differing";
import { sentenceOf } from "./sentence";

/** Sales that the server doesn't have yet, and those that it refused: what is wrong, and what can be done. */
export function Waiting() {
  const { t } = useWriting();
  const { store } = usePlace();
  const sales = useStore(waitingSales);
  const online = useStore(connected);
  const asOf = useStore(alone)?.takenAt;
  const waiting = sales.filter((sale) => sale.state === "waiting");
  const refused = sales.filter((sale) => sale.state === "refused");
  return (
    <section className="sheet">
      <h1>{t("queue.title")}</h1>
      <p role="status">{online ? t("queue.online") : t("queue.offline")}</p>
      {asOf ? <p>{t("queue.catalogue", { when: moment(asOf, store.zone, language()) })}</p> : null}
      <h2>{t("queue.waiting", { count: waiting.length })}</h2>
      {waiting.length === 0 ? <p>{t("queue.none")}</p> : null}
      <Sales sales={waiting} />
      {waiting.length > 0 ? (
        <button type="button" className="btn" disabled={!online} onClick={() => void flush()}>
          {t("queue.send")}
        </button>
      ) : null}
      <Differing />
      {refused.length > 0 ? (
        <>
          <h2>{t("queue.refused", { count: refused.length })}</h2>
          <p>{t("queue.refusedWhy")}</p>
          <Sales sales={refused} />
        </>
      ) : null}
    </section>
  );
}

function Sales({ sales }: { sales: QueuedSale[] }) {
  const { t, money } = useWriting();
  const { store } = usePlace();
  const [receipt, setReceipt] = useState<QueuedSale | undefined>(undefined);
  return (
    <ul className="picks">
      {sales.map((sale) => (
        <li key={sale.id} className="sale">
          <p>
            <b className="figure">{money(sale.shown.total)}</b> · {moment(sale.at, store.zone, language())} ·{" "}
            {sale.shown.by}
            {sale.shown.member ? ` · ${sale.shown.member}` : ""}
          </p>
          <p>
            <small>{sale.shown.lines.map((line) => `${line.name} × ${pieces(line.quantityMilli)}`).join(" · ")}</small>
          </p>
          {sale.state === "refused" ? <Conflict sale={sale} /> : null}
          <button type="button" className="btn small" onClick={() => setReceipt(sale)}>
            {t("done.receipt")}
          </button>
        </li>
      ))}
      {receipt ? <LocalReceipt sale={receipt} onClose={() => setReceipt(undefined)} /> : null}
    </ul>
  );
}

/** Why the server refused, and the ways out. */
function Conflict({ sale }: { sale: QueuedSale }) {
  const { t } = useWriting();
  const who = useWho();
  const manages = useMay("shift:manage");
  const [busy, setBusy] = useState(false);
  const [sure, setSure] = useState(false);
  return (
    <>
      <p className="warn">{sentenceOf(sale.problem)}</p>
      <div className="choices">
        <button
          type="button"
          className="btn"
          disabled={busy}
          onClick={() => {
            setBusy(true);
            void retry(sale.id).finally(() => setBusy(false));
          }}
        >
          {t("queue.again")}
        </button>
        <button
          type="button"
          className="btn"
          disabled={!manages}
          title={manages ? undefined : t("queue.managerOnly")}
          onClick={() => setSure(true)}
        >
          {t("queue.discard")}
        </button>
      </div>
      {manages ? null : <small>{t("queue.managerOnly")}</small>}
      {sure ? (
        <Panel title={t("queue.discard")} onClose={() => setSure(false)}>
          <p>{t("queue.discardSure", { name: who.name })}</p>
          <div className="choices">
            <button type="button" className="btn main" onClick={() => void discard(sale.id).then(() => setSure(false))}>
              {t("queue.discard")}
            </button>
            <button type="button" className="btn" onClick={() => setSure(false)}>
              {t("ui:do.cancel")}
            </button>
          </div>
        </Panel>
      ) : null}
    </>
  );
}
