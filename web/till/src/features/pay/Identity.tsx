import { api, type Problem, type Schema } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

type How = "pin" | "digits" | "code";

/** The member shows that they spend: by PIN, or by the code on the phone, scanned or typed. */
export function IdentityProof({
  member,
  order,
  problem,
  onProof,
}: {
  member: string;
  order: string;
  problem: Problem;
  onProof: (proof: string) => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const [how, setHow] = useState<How>("pin");
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || !text) return;
    setBusy(true);
    setError(undefined);
    try {
      const body: Schema<"ProofRequest"> = { order, [/^SK1\./i.test(text) ? "code" : how]: text };
      const { data } = await api.POST("/api/v1/members/{id}/proofs", { params: { path: { id: member } }, body });
      if (data) onProof(data.proof);
    } catch (thrown) {
      setError(thrown);
      setText("");
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <ProblemNotice error={error ?? problem} />
      <div className="choices">
        {(["pin", "code", "digits"] as const).map((one) => (
          <button type="button" key={one} className="btn" aria-pressed={how === one} onClick={() => setHow(one)}>
            {t(`identity.${one}`)}
          </button>
        ))}
      </div>
      <label>
        {t(`identity.${how}`)}
        <input
          className="field"
          type={how === "pin" ? "password" : "text"}
          inputMode={how === "code" ? "text" : "numeric"}
          autoComplete="off"
          readOnly={busy}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <button type="submit" className="btn main" disabled={busy || !text}>
        {t("identity.prove")}
      </button>
    </form>
  );
}
