import { asProblem } from "@shuke/api";
import { useSigning } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDevice } from "../../core/device";
import { Field } from "../../core/Field";
import { Panel } from "../../core/Panel";
import { WithPin } from "./WithPin";

const LAST = "shuke.till.username";

function Form() {
  const { t } = useTranslation(["app", "ui"]);
  const { signIn } = useSigning();
  const [username, setUsername] = useState(localStorage.getItem(LAST) ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await signIn({ username: username.trim(), password, ...(code.trim() ? { code: code.trim() } : {}) });
      localStorage.setItem(LAST, username.trim());
    } catch (thrown) {
      setError(thrown);
      if (asProblem(thrown).code.startsWith("totp")) setAsksCode(true);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <Field
        label={t("signin.username")}
        autoComplete="username"
        required
        autoFocus={!username}
        value={username}
        onChange={setUsername}
      />
      <Field
        label={t("signin.password")}
        type="password"
        autoComplete="current-password"
        required
        autoFocus={!!username}
        data-first={username ? true : undefined}
        value={password}
        onChange={setPassword}
      />
      {asksCode ? (
        <Field
          label={t("signin.code")}
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={setCode}
        />
      ) : null}
      <ProblemNotice error={error} />
      <button type="submit" className="btn main" disabled={busy}>
        {t("ui:do.signIn")}
      </button>
    </form>
  );
}

/** With the PIN where this device is known and somebody has one, else with the password. */
function Ways() {
  const device = useDevice();
  const [password, setPassword] = useState(false);
  const people = device.data?.people ?? [];
  if (people.length === 0 || password) return <Form />;
  return <WithPin people={people} onPassword={() => setPassword(true)} />;
}

/** Who is here: a page of its own, or, where a session has run out, over the page, which stays as it is. */
export function SignIn({ over }: { over: boolean }) {
  const { t } = useTranslation(["app", "ui"]);
  if (over)
    return (
      <Panel title={t("signin.again")} locked onClose={() => undefined}>
        <p>{t("ui:problem.signedOut")}</p>
        <Ways />
      </Panel>
    );
  return (
    <main className="centre">
      <div className="sheet">
        <h1>{t("title")}</h1>
        <Ways />
      </div>
    </main>
  );
}
