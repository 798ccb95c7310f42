import { api, newKey, once, type Schema } from "@shuke/api";
import { language, moment, useMay } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useEffect, useRef, useState } from "react";
import { useConflicts } from "../../core/conflicts";
import { db } from "../../core/db";
import { pieces, useWriting } from "../../core/format";
import { usePlace } from "../../core/place";
import { sentenceOf } from "./sentence";

/** Sales made alone in which something was not as the till believed: what, and the manager's word. */
export function Differing() {
  const { t } = useWriting();
  const conflicts = useConflicts();
  const may = useMay("approval:give");
  if (conflicts.items.length === 0) return <ProblemNotice error={conflicts.error} />;
  return (
    <>
      <h2>{t("queue.differ", { count: conflicts.items.length })}</h2>
      <p>{t("queue.differWhy")}</p>
      {may ? null : <p className="warn">{t("queue.decideRight")}</p>}
      <ul className="picks">
        {conflicts.items.map((record) => (
          <One key={record.sale.id} record={record} may={may} onDecided={() => void conflicts.again()} />
        ))}
      </ul>
    </>
  );
}

/** The names of goods that the till knows. */
function useNames(variants: string[]): string[] {
  const [names, setNames] = useState<string[]>(variants.map(() => ""));
  const key = variants.join();
  useEffect(() => {
    let left = false;
    void db()
      .goods.bulkGet(key.split(","))
      .then((found) => {
        if (!left) setNames(found.map((goods) => goods?.name ?? "?"));
      });
    return () => {
      left = true;
    };
  }, [key]);
  return names;
}

function One({ record, may, onDecided }: { record: Schema<"OfflineRecord">; may: boolean; onDecided: () => void }) {
  const { t, money } = useWriting();
  const { store } = usePlace();
  const { sale } = record;
  const names = useNames(sale.lines.map((line) => line.variant));
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const attempt = useRef({ of: "", key: "" });
  const decide = async (accepted: boolean) => {
    if (busy || !note.trim()) return;
    const of = JSON.stringify([accepted, note]);
    if (attempt.current.of !== of) attempt.current = { of, key: newKey() };
    setBusy(true);
    setError(undefined);
    try {
      await api.POST("/api/v1/offline-sales/{id}/decision", {
        params: { path: { id: sale.id }, header: once(attempt.current.key) },
        body: { accepted, note: note.trim(), without_member: false },
      });
      onDecided();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <li className="sale stack">
      <p>
        <b className="figure">{t("queue.soldAt", { total: money(sale.total) })}</b> ·{" "}
        {moment(sale.at, store.zone, language())} · {t(record.state === "booked" ? "queue.booked" : "queue.kept")}
      </p>
      <p>
        <small>{sale.lines.map((line, at) => `${names[at] ?? ""} × ${pieces(line.quantity_milli)}`).join(" · ")}</small>
      </p>
      {record.conflicts.map((conflict) => (
        <p key={conflict.code} className="warn">
          {sentenceOf({ code: conflict.code, status: 422, detail: conflict.detail })}
          {conflict.now == null ? "" : ` ${t("queue.asksNow", { now: money(conflict.now) })}`}
        </p>
      ))}
      <ProblemNotice error={error} />
      {may ? (
        <>
          <label>
            {t("queue.note")}
            <input className="field" maxLength={200} value={note} onChange={(event) => setNote(event.target.value)} />
          </label>
          <div className="choices">
            <button
              type="button"
              className="btn main"
              disabled={busy || !note.trim()}
              onClick={() => void decide(true)}
            >
              {t(record.state === "booked" ? "queue.seen" : "queue.accept")}
            </button>
            {record.state === "waiting" ? (
              <button type="button" className="btn" disabled={busy || !note.trim()} onClick={() => void decide(false)}>
                {t("queue.decline")}
              </button>
            ) : null}
          </div>
        </>
      ) : null}
    </li>
  );
}
