import { api, newId, newKey, once, type Schema } from "@shuke/api";
import { ProblemNotice } from "@shuke/ui/antd";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "../../core/Field";
import { type Brief, briefOf, remember } from "../../core/members";
import { Panel } from "../../core/Panel";
import { usePlace } from "../../core/place";

/** Enrols within seconds: the phone, a name where there is time, and whether we may write. */
export function Enrol({
  phone: given,
  onDone,
  onClose,
}: {
  phone: string;
  onDone: (member: Brief) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation(["app", "ui"]);
  const { store } = usePlace();
  const [phone, setPhone] = useState(given);
  const [name, setName] = useState("");
  const [gender, setGender] = useState<Schema<"Gender"> | undefined>(undefined);
  const [birthday, setBirthday] = useState("");
  const [reach, setReach] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  // One person joins once, however often the button is pressed; another phone is another person.
  const attempt = useRef({ of: "", id: newId(), key: newKey() });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const body = {
      phone: phone.trim() || null,
      name: name.trim() || null,
      gender: gender ?? null,
      birthday: birthday || null,
      store: store.id,
      source: "store",
      ...(reach ? { consents: { sms: true, phone: true } } : {}),
    } as unknown as Schema<"EnrolRequest">;
    const of = JSON.stringify(body);
    if (attempt.current.of !== of) attempt.current = { of, id: newId(), key: newKey() };
    setBusy(true);
    setError(undefined);
    try {
      const { data } = await api.POST("/api/v1/members", {
        params: { header: once(attempt.current.key) },
        body: { ...body, id: attempt.current.id },
      });
      if (!data) return;
      const brief = briefOf(data);
      await remember(brief).catch(() => undefined);
      onDone(brief);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title={t("enrol.title")} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <Field label={t("enrol.phone")} inputMode="tel" autoComplete="off" value={phone} onChange={setPhone} />
        <Field
          label={t("enrol.name")}
          autoComplete="off"
          data-first={given ? true : undefined}
          value={name}
          onChange={setName}
        />
        <fieldset className="choices">
          <legend>{t("enrol.gender")}</legend>
          {(["female", "male"] as const).map((one) => (
            <button
              type="button"
              key={one}
              className="btn"
              aria-pressed={gender === one}
              onClick={() => setGender(gender === one ? undefined : one)}
            >
              {t(`enrol.${one}`)}
            </button>
          ))}
        </fieldset>
        <Field label={t("enrol.birthday")} type="date" value={birthday} onChange={setBirthday} />
        <label className="check">
          <input type="checkbox" checked={reach} onChange={(event) => setReach(event.target.checked)} />
          {t("enrol.reach")}
        </label>
        <ProblemNotice error={error} />
        <button type="submit" className="btn main" disabled={busy || (!phone.trim() && !name.trim())}>
          {t("enrol.join")}
        </button>
      </form>
    </Panel>
  );
}
