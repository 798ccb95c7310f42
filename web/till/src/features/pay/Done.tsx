import { count, language } from "@shuke/ui";
import { useEffect, useRef, useState } from "react";
import { useWriting } from "../../core/format";
import { LocalReceipt } from "../../core/LocalReceipt";
import { Panel } from "../../core/Panel";
import { Receipt } from "../../core/Receipt";
import { ClaimCode } from "./ClaimCode";
import type { SaleDone } from "./usePay";

/** Sold: the change in the largest type, the receipt, and the next one please. */
export function Done({ done, onNext }: { done: SaleDone; onNext: (typed: string) => void }) {
  const { t, money } = useWriting();
  const next = useRef<HTMLButtonElement>(null);
  const [receipt, setReceipt] = useState(false);
  const [claim, setClaim] = useState(false);
  useEffect(() => {
    if (!receipt) next.current?.focus();
  }, [receipt]);
  const { order } = done;
  const back = (done.givenBack ?? []).filter((one) => one.amount > 0);
  const given = back.reduce((sum, one) => sum + one.amount, 0);
  return (
    <>
      <Panel title={t("done.title")} onClose={() => onNext("")}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the next scan begins the next sale */}
        <div
          className="done"
          onKeyDown={(event) => {
            if (event.key.toLowerCase() === "p" && !event.ctrlKey) {
              event.preventDefault();
              setReceipt(true);
            } else if (
              event.key.length === 1 &&
              event.key !== " " &&
              !event.ctrlKey &&
              !event.altKey &&
              !event.metaKey
            ) {
              event.preventDefault();
              onNext(event.key);
            }
          }}
        >
          {given > 0 ? (
            <>
              <p>{t("exchange.given")}</p>
              <p className="enormous figure">{money(given)}</p>
              <p>
                {back.map((one) => `${t(`account.${one.tender}` as "account.cash")} ${money(one.amount)}`).join(" · ")}
              </p>
            </>
          ) : done.change > 0 ? (
            <>
              <p>{t("done.change")}</p>
              <p className="enormous figure">{money(done.change)}</p>
              <p>{t("done.received", { received: money(done.shown.received ?? 0), total: money(done.total) })}</p>
            </>
          ) : (
            <>
              <p>{t("done.paid")}</p>
              <p className="enormous figure">{money(done.total)}</p>
            </>
          )}
          {order ? (
            <p>
              {t("done.number", { number: order.number })}
              {order.points_earned > 0
                ? ` · ${t("done.earned", { points: count(order.points_earned, language()) })}`
                : ""}
            </p>
          ) : (
            <p className="warn">{t("done.waiting")}</p>
          )}
          <div className="choices">
            <button ref={next} type="button" className="btn main" onClick={() => onNext("")}>
              {t("done.next")} <kbd>⏎</kbd>
            </button>
            <button type="button" className="btn" onClick={() => setReceipt(true)}>
              {t("done.receipt")} <kbd>P</kbd>
            </button>
            {order && !order.member && !done.givenBack ? (
              <button type="button" className="btn" aria-expanded={claim} onClick={() => setClaim(!claim)}>
                {t("claim.show")}
              </button>
            ) : null}
          </div>
          {claim && order ? <ClaimCode order={order.id} /> : null}
        </div>
      </Panel>
      {!receipt ? null : order ? (
        <Receipt kind="sale" document={order.id} onClose={() => setReceipt(false)} />
      ) : (
        <LocalReceipt sale={done} onClose={() => setReceipt(false)} />
      )}
    </>
  );
}
