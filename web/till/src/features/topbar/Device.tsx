import { api } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "../../core/Field";
import { say } from "../../core/Notices";
import { Panel } from "../../core/Panel";
import { usePlace } from "../../core/place";

/** Sends a small form once at a time, and says what became of it. */
function useSend(done: string, onClose: () => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const send = async (event: FormEvent, write: () => Promise<unknown>) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await write();
      say(done, "good");
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return { send, busy, error };
}

/** One's own PIN for tills that are registered. */
export function OwnPin({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const [password, setPassword] = useState("");
  const [pin, setPin] = useState("");
  const { send, busy, error } = useSend(t("top.pinSet"), onClose);
  return (
    <Panel title={t("top.ownPin")} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => void send(event, () => api.PUT("/api/v1/session/pin", { body: { password, pin } }))}
      >
        <p>{t("top.ownPinHint")}</p>
        <Field
          label={t("signin.password")}
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        <Field
          label={t("top.newPin")}
          type="password"
          inputMode="numeric"
          autoComplete="new-password"
          maxLength={6}
          value={pin}
          onChange={setPin}
        />
        <ProblemNotice error={error} />
        <button type="submit" className="btn main" disabled={busy || !password || pin.length < 4}>
          {t("ui:do.save")}
        </button>
      </form>
    </Panel>
  );
}

/** Makes this device known, so that staff can sign in on it with a PIN. */
export function RegisterDevice({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const { store, till } = usePlace();
  const [name, setName] = useState(`${store.name} ${till.name}`);
  const { send, busy, error } = useSend(t("top.registered"), onClose);
  return (
    <Panel title={t("top.register")} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) =>
          void send(event, () => api.POST("/api/v1/devices", { body: { till: till.id, name: name.trim() } }))
        }
      >
        <p>{t("top.registerHint")}</p>
        <Field label={t("top.deviceName")} maxLength={80} value={name} onChange={setName} />
        <ProblemNotice error={error} />
        <button type="submit" className="btn main" disabled={busy || !name.trim()}>
          {t("top.register")}
        </button>
      </form>
    </Panel>
  );
}
