import { api, newId, newKey, once } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { type FormEvent, useRef, useState } from "react";
import { Field } from "./Field";
import { useWriting } from "./format";
import { usePlace } from "./place";

/** A second person says yes at this till, with their name and password. */
export function Approve({
  order,
  amount,
  reason,
  onApproved,
}: {
  /** The order of which something is given back. */
  order: string;
  amount: number;
  reason: string;
  onApproved: (approval: string) => void;
}) {
  const { t, money } = useWriting();
  const { store } = usePlace();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const asked = useRef<{ of: string; id: string; key: string } | undefined>(undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      const of = JSON.stringify([order, amount, reason]);
      if (asked.current?.of !== of) asked.current = { of, id: newId(), key: newKey() };
      const { id, key } = asked.current;
      await api.POST("/api/v1/approvals", {
        params: { header: once(key) },
        body: { id, kind: "refund", subject: order, amount, reason, store: store.id },
      });
      const { data } = await api.POST("/api/v1/approvals/{id}/decision", {
        params: { path: { id }, header: once(newKey()) },
        body: { given: true, username: username.trim(), password, ...(code.trim() ? { code: code.trim() } : {}) },
      });
      if (data?.state === "given") onApproved(id);
    } catch (thrown) {
      setError(thrown);
      setPassword("");
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)} aria-label={t("approve.title")}>
      <h3>{t("approve.title")}</h3>
      <p>{t("approve.hint", { amount: money(amount) })}</p>
      <Field label={t("signin.username")} autoComplete="off" autoFocus value={username} onChange={setUsername} />
      <Field label={t("signin.password")} type="password" autoComplete="off" value={password} onChange={setPassword} />
      <Field label={t("approve.code")} inputMode="numeric" autoComplete="off" value={code} onChange={setCode} />
      <ProblemNotice error={error} />
      <button type="submit" className="btn main" disabled={busy || !username || !password || !reason}>
        {t("approve.give")}
      </button>
    </form>
  );
}
