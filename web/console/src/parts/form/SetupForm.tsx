import type { Schema } from "@shuke/api";
import { asProblem } from "@shuke/api";
import { fieldSentence, language } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Faults, Fields } from "./Fields";
import type { Choice, Field, Part } from "./model";

type Draft = Schema<"SetupDraft">;

/** The form of the first page, where nobody is signed in yet and so no currency is known. */
export function Form({ trades, save }: { trades: Choice[]; save: (value: Draft) => Promise<void> }) {
  const { t } = useTranslation(["app", "ui"]);
  const [value, setValue] = useState<Draft>({
    name: "",
    store: "",
    username: "owner",
    password: "",
    owner: "",
    trade: "mother_and_baby",
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    currency: "CNY",
  });
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const faults: Faults = Object.fromEntries(
    (error ? (asProblem(error).body?.fields ?? []) : []).map((one) => [one.field, fieldSentence(one, language())]),
  );
  const fields: Field<Draft>[] = [
    { at: "name", kind: "text", label: t("setup.name"), required: true },
    {
      at: "trade",
      kind: "choice",
      label: t("setup.trade"),
      options: trades,
      required: true,
      help: t("setup.tradeHelp"),
    },
    { at: "store", kind: "text", label: t("setup.store"), required: true },
    { at: "owner", kind: "text", label: t("setup.owner") },
    { at: "username", kind: "text", label: t("signIn.username"), required: true },
    { at: "password", kind: "password", label: t("signIn.password"), required: true, help: t("setup.passwordHelp") },
    { at: "zone", kind: "text", label: t("setup.zone"), required: true },
    { at: "currency", kind: "text", label: t("setup.currency"), required: true, help: t("setup.currencyHelp") },
  ];
  const ready = value.name && value.store && value.username && value.password;
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (busy || !ready) return;
        setBusy(true);
        setError(undefined);
        save({ ...value, owner: value.owner || null }).catch((thrown: unknown) => {
          setError(thrown);
          setBusy(false);
        });
      }}
    >
      <ProblemNotice error={error} />
      <Fields
        fields={fields as Part[]}
        value={value}
        onChange={(next) => setValue(next as Draft)}
        faults={faults}
        base=""
      />
      <footer className="form-foot">
        <Button type="primary" htmlType="submit" loading={busy} disabled={!ready}>
          {t("setup.begin")}
        </Button>
      </footer>
    </form>
  );
}
