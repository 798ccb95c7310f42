import type { Schema } from "@shuke/api";
import { QrCode } from "@shuke/ui/qr";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Barcode } from "../../shared/Barcode";
import { Sheet } from "../../shared/parts";
import { useMemberCode } from "./useMemberCode";

const spaced = (digits: string) => digits.replace(/(\d{3})(?=\d)/g, "$1 ");
const grouped = (number: string) => number.replace(/(\d{4})(?=\d)/g, "$1 ");

/** What the cashier scans: white in the dark mode too. */
export function CodeCard({ me }: { me: Schema<"Profile"> }) {
  const { t } = useTranslation();
  const [large, setLarge] = useState(false);
  const code = useLiveCode();
  return (
    <section className="code" aria-label={t("code.title")}>
      {me.state === "frozen" ? <p role="alert">{t("code.frozen")}</p> : null}
      {code ? (
        <button type="button" className="code-face" aria-label={t("code.big")} onClick={() => setLarge(true)}>
          <QrCode text={code.text} label={t("code.qr")} />
        </button>
      ) : (
        <CodeMissing />
      )}
      <p className="code-hint">{t("code.hint")}</p>
      <Barcode text={me.number} label={t("code.barcode", { number: me.number })} />
      <dl className="code-numbers">
        <div>
          <dt>{t("code.number")}</dt>
          <dd>{grouped(me.number)}</dd>
        </div>
        {code ? (
          <div>
            <dt>{t("code.digits")}</dt>
            <dd>{spaced(code.digits)}</dd>
          </div>
        ) : null}
      </dl>
      {large ? <Large me={me} onClose={() => setLarge(false)} /> : null}
    </section>
  );
}

/** The code, as long as it is good. */
function useLiveCode() {
  const { data } = useMemberCode();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return data && now < data.endsAt ? data : undefined;
}

function CodeMissing() {
  const { t } = useTranslation();
  const { isFetching, fetchStatus, error } = useMemberCode();
  const waits = isFetching && fetchStatus !== "paused" && !error;
  return (
    <div className="code-face code-missing" role={waits ? undefined : "status"}>
      {waits ? t("loading") : t("code.offline")}
    </div>
  );
}

/** As large as the phone allows; the screen stays on meanwhile. */
function Large({ me, onClose }: { me: Schema<"Profile">; onClose: () => void }) {
  const { t } = useTranslation();
  const code = useLiveCode();
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let over = false;
    navigator.wakeLock
      ?.request("screen")
      .then((got) => {
        lock = got;
        if (over) void got.release();
      })
      .catch(() => undefined);
    return () => {
      over = true;
      void lock?.release();
    };
  }, []);
  return (
    <Sheet title={t("code.title")} onClose={onClose} plain>
      <div className="code code-large">
        {code ? <QrCode text={code.text} label={t("code.qr")} /> : <CodeMissing />}
        {code ? <p className="digits">{spaced(code.digits)}</p> : null}
        {code ? <p className="code-hint">{t("code.digitsHint")}</p> : null}
        <Barcode text={me.number} label={t("code.barcode", { number: me.number })} />
        <p className="number">{grouped(me.number)}</p>
      </div>
    </Sheet>
  );
}
