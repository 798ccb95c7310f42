import { api, type Schema } from "@shuke/api";
import { useWho } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Input } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { Form } from "../../parts/form/Form";
import { useLabel } from "../../parts/format";
import { Facts, Loaded, useRefresh } from "../../parts/Parts";

/** Your own account: password and second factor. */
export function Me() {
  const { t } = useTranslation(["app", "ui"]);
  const label = useLabel();
  const who = useWho();
  const [turn, setTurn] = useState(0);
  return (
    <div className="stack">
      <header className="page-head">
        <h1>{t("page.me")}</h1>
      </header>
      <section className="form-section" aria-label={who.name}>
        <Facts
          items={[
            [t("settings.staff.name"), who.name],
            [t("settings.me.role"), label("role", who.role)],
          ]}
        />
      </section>
      <Totp />
      <Pin />
      <Form<Schema<"PasswordChange">>
        key={turn}
        id="own-password"
        secret
        initial={{ old: "", new: "" }}
        sections={[
          {
            title: t("settings.me.password"),
            help: t("settings.me.passwordHelp"),
            fields: [
              { at: "old", kind: "password", required: true, label: t("settings.me.old") },
              { at: "new", kind: "password", required: true, label: t("settings.me.new") },
            ],
          },
        ]}
        save={(body) => api.PUT("/api/v1/session/password", { body })}
        saved={() => setTurn(turn + 1)}
      />
    </div>
  );
}

/** The PIN with which you sign in at a till's device. */
function Pin() {
  const { t } = useTranslation(["app", "ui"]);
  const [turn, setTurn] = useState(0);
  return (
    <Form<Schema<"PinChange">>
      key={turn}
      id="own-pin"
      secret
      initial={{ password: "", pin: "" }}
      sections={[
        {
          title: t("running.pin.title"),
          help: t("running.pin.help"),
          fields: [
            { at: "password", kind: "password", required: true, label: t("running.pin.password") },
            { at: "pin", kind: "password", required: true, label: t("running.pin.pin") },
          ],
        },
      ]}
      submit={t("running.pin.set")}
      actions={() => (
        <Act
          label={t("running.pin.remove")}
          ask={t("running.pin.removeAsk")}
          act={() => api.DELETE("/api/v1/session/pin")}
        />
      )}
      save={(body) => api.PUT("/api/v1/session/pin", { body })}
      saved={() => setTurn(turn + 1)}
    />
  );
}

/** Sets up an authenticator app, or another one. */
export function Totp({ done }: { done?: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const id = useId();
  const refresh = useRefresh();
  const [step, setStep] = useState<Schema<"Enrolment">>();
  const [codes, setCodes] = useState<string[]>();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const status = useQuery({
    queryKey: ["totp"],
    queryFn: async () => (await api.GET("/api/v1/session/totp")).data as Schema<"TotpStatus">,
  });
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  };
  const begin = () =>
    run(async () => {
      const { data } = await api.POST("/api/v1/session/totp", { body: { password, code: code || null } });
      setStep(data);
      setCode("");
    });
  const confirm = () =>
    run(async () => {
      const { data } = await api.POST("/api/v1/session/totp/confirmation", { body: { code } });
      setCodes(data?.recovery_codes ?? []);
      setStep(undefined);
      setPassword("");
      setCode("");
      refresh("totp");
      done?.();
    });
  return (
    <section className="form-section" aria-label={t("settings.me.totp")}>
      <h2>{t("settings.me.totp")}</h2>
      <Loaded query={status}>
        {(now) => (
          <p>
            {now.enrolled ? t("settings.me.totpOn", { n: now.recovery_codes_left }) : t("settings.me.totpOff")}
            {now.required && !now.enrolled && <b> {t("settings.me.totpMust")}</b>}
          </p>
        )}
      </Loaded>
      {codes && (
        <Alert
          type="success"
          title={t("settings.me.recovery")}
          description={<pre className="receipt">{codes.join("\n")}</pre>}
        />
      )}
      <form
        className="sign-in"
        onSubmit={(event) => {
          event.preventDefault();
          void (step ? confirm() : begin());
        }}
      >
        {step ? (
          <>
            {/* The server's own drawing of the secret, shown as an image so that nothing in it can run. */}
            <img
              alt={t("settings.me.scan", { secret: step.secret })}
              src={`data:image/svg+xml;utf8,${encodeURIComponent(step.qr_svg)}`}
              width={200}
              height={200}
            />
            <p>{t("settings.me.scan", { secret: step.secret })}</p>
          </>
        ) : (
          <>
            <label htmlFor={`${id}-password`}>{t("signIn.password")}</label>
            <Input.Password
              id={`${id}-password`}
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </>
        )}
        {(step || status.data?.enrolled) && (
          <>
            <label htmlFor={`${id}-code`}>{t("settings.me.code")}</label>
            <Input
              id={`${id}-code`}
              inputMode="numeric"
              autoComplete="one-time-code"
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          </>
        )}
        <ProblemNotice error={error} />
        <Button htmlType="submit" loading={busy} disabled={step ? !code : !password}>
          {step ? t("settings.me.confirm") : status.data?.enrolled ? t("settings.me.again") : t("settings.me.begin")}
        </Button>
      </form>
    </section>
  );
}
