import { api, type Schema } from "@shuke/api";
import { useSigning } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

type Person = Schema<"Person">;

/** On a known device: one's name, then the PIN. */
export function WithPin({ people, onPassword }: { people: Person[]; onPassword: () => void }) {
  const { t } = useTranslation(["app", "ui"]);
  const { signedIn } = useSigning();
  const [person, setPerson] = useState<Person | undefined>(people.length === 1 ? people[0] : undefined);
  const [pin, setPin] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || !person || !pin) return;
    setBusy(true);
    setError(undefined);
    try {
      const { data } = await api.POST("/api/v1/device/session", { body: { staff: person.id, pin } });
      if (data) signedIn(data);
    } catch (thrown) {
      setError(thrown);
      setPin("");
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)}>
      <fieldset className="choices">
        <legend>{t("signin.who")}</legend>
        {people.map((one) => (
          <button
            type="button"
            key={one.id}
            className="btn"
            aria-pressed={one.id === person?.id}
            onClick={() => setPerson(one)}
          >
            {one.name}
          </button>
        ))}
      </fieldset>
      {person ? (
        <label>
          {t("signin.pin", { name: person.name })}
          <input
            key={person.id}
            className="field"
            type="password"
            inputMode="numeric"
            autoComplete="off"
            maxLength={6}
            // biome-ignore lint/a11y/noAutofocus: the one thing to type
            autoFocus
            value={pin}
            onChange={(event) => setPin(event.target.value)}
          />
        </label>
      ) : null}
      <ProblemNotice error={error} />
      <button type="submit" className="btn main" disabled={busy || !person || pin.length < 4}>
        {t("ui:do.signIn")}
      </button>
      <button type="button" className="btn plain" onClick={onPassword}>
        {t("signin.withPassword")}
      </button>
    </form>
  );
}
