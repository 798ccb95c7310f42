import { asProblem, type Problem } from "@shuke/api";
import { useSigning } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { Button, Input } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Choices } from "./Choices";

/** Asks for name and password, and for a code where the account has a second factor. */
export function SignIn({ done, plain }: { done?: () => void; plain?: boolean }) {
  const { t } = useTranslation(["app", "ui"]);
  const { signIn } = useSigning();
  const id = useId();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [merchant, setMerchant] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [asksCode, setAsksCode] = useState(false);
  const [asksMerchant, setAsksMerchant] = useState(false);
  const send = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await signIn({
        username,
        password,
        ...(code ? { code } : {}),
        ...(merchant ? { merchant: Number(merchant) } : {}),
      });
      done?.();
    } catch (thrown) {
      const found = asProblem(thrown);
      if (found.code.startsWith("code")) setAsksCode(true);
      if (found.code.startsWith("merchant")) setAsksMerchant(true);
      setProblem(found);
    }
    setBusy(false);
  };
  return (
    <form
      className={plain ? "sign-in" : "sign-in card"}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {!plain && (
        <header>
          <h1>{t("title")}</h1>
          <Choices />
        </header>
      )}
      <label htmlFor={`${id}-name`}>{t("signIn.username")}</label>
      <Input
        id={`${id}-name`}
        autoComplete="username"
        autoFocus
        value={username}
        onChange={(event) => setUsername(event.target.value)}
      />
      <label htmlFor={`${id}-password`}>{t("signIn.password")}</label>
      <Input.Password
        id={`${id}-password`}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      {asksCode && (
        <>
          <label htmlFor={`${id}-code`}>{t("signIn.code")}</label>
          <Input
            id={`${id}-code`}
            inputMode="numeric"
            autoComplete="one-time-code"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        </>
      )}
      {asksMerchant && (
        <>
          <label htmlFor={`${id}-merchant`}>{t("signIn.merchant")}</label>
          <Input
            id={`${id}-merchant`}
            inputMode="numeric"
            value={merchant}
            onChange={(event) => setMerchant(event.target.value)}
          />
        </>
      )}
      <ProblemNotice error={problem} />
      <Button type="primary" htmlType="submit" block loading={busy} disabled={!username || !password}>
        {t("ui:do.signIn")}
      </Button>
    </form>
  );
}
