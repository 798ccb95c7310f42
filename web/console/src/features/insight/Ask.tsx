import { api, once, type Schema } from "@shuke/api";
import { useMay } from "@shuke/ui";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Act } from "../../parts/Act";
import { useToday } from "../../parts/format";
import { useRefresh } from "../../parts/Parts";
import { useStoreName, useTags } from "../../parts/refs";
import { useUrl } from "../../parts/url";
import { CONTROLS, type Control, type Draft, draftOf, missing, type Parameters, parametersOf } from "./ask";
import type { Analysis } from "./model";
import { useOwnStore } from "./runs";
import { useWrite } from "./write";

/** How the analysis is to be done, and the button that has it done. */
export function Ask({ analysis, asked, open }: { analysis: Analysis; asked: Parameters | undefined; open: boolean }) {
  const { t } = useTranslation(["app", "ui"]);
  const may = useMay("insight:run");
  const refresh = useRefresh();
  const [, setUrl] = useUrl();
  const today = useToday();
  const store = useOwnStore();
  const storeName = useStoreName();
  const [draft, setDraft] = useState<Draft>(() => ({ ...draftOf(analysis, asked), as_of: "" }));
  const [faulty, setFaulty] = useState<string[]>([]);
  const id = useId();
  const body = { analysis, parameters: parametersOf(analysis, draft, store) };
  const set = (name: keyof Draft, value: string) => setDraft({ ...draft, [name]: value });
  if (!may) return null;
  return (
    <details className="card" open={open}>
      <summary>{t(open ? "insight.ask.first" : "insight.ask.title")}</summary>
      <div className="ask">
        <p className="ask-field">
          <span>{t("shell.store")}</span>
          <span>{store ? storeName(store) : t("shell.allStores")}</span>
        </p>
        {analysis !== "conduct" && (
          <div className="ask-field">
            <label htmlFor={`${id}-as_of`}>{t("insight.ask.name.as_of")}</label>
            <input
              id={`${id}-as_of`}
              type="date"
              max={today}
              value={draft.as_of}
              onChange={(event) => set("as_of", event.target.value)}
            />
          </div>
        )}
        {CONTROLS[analysis].map((control) =>
          control.when && !control.when(draft) ? null : (
            <ControlField
              key={control.name}
              wrong={faulty.includes(control.name) && !draft[control.name]}
              id={`${id}-${control.name}`}
              control={control}
              value={draft[control.name]}
              onChange={(value) => set(control.name, value)}
            />
          ),
        )}
      </div>
      {/* Another question is another decision: it has a key of its own. */}
      <Act
        key={JSON.stringify(body)}
        primary
        label={t("insight.ask.run")}
        said={t("insight.ask.started")}
        ready={() => {
          const names = missing(analysis, draft);
          setFaulty(names);
          if (names[0]) document.getElementById(`${id}-${names[0]}`)?.focus();
          return names.length === 0;
        }}
        act={(key) =>
          api.POST("/api/v1/insight/runs", { params: { header: once(key) }, body: body as Schema<"RunDraft"> })
        }
        done={() => {
          setUrl({ run: undefined });
          refresh("insight");
        }}
      />
    </details>
  );
}

interface FieldProps {
  id: string;
  control: Control;
  value: string;
  /** It has to be chosen and is not. */
  wrong: boolean;
  onChange: (value: string) => void;
}

function ControlField({ id, control, value, wrong, onChange }: FieldProps) {
  const { t } = useTranslation(["app", "ui"]);
  const label = t(`insight.ask.name.${control.name}`);
  return (
    <div className={wrong ? "ask-field field-wrong" : "ask-field"}>
      <label htmlFor={id}>
        {label}
        {(control.kind === "tag" || control.kind === "date") && <span className="must">*</span>}
      </label>
      <ControlInput id={id} control={control} value={value} wrong={wrong} onChange={onChange} />
      {wrong && (
        <p className="fault" id={`${id}-fault`}>
          {t("form.required")}
        </p>
      )}
    </div>
  );
}

function ControlInput({ id, control, value, wrong, onChange }: FieldProps) {
  const { t } = useTranslation(["app", "ui"]);
  const choice = useChoice();
  const tags = useTags();
  const common = {
    id,
    value,
    "aria-invalid": wrong,
    "aria-describedby": wrong ? `${id}-fault` : undefined,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  };
  switch (control.kind) {
    case "choice":
      return (
        <select {...common}>
          {[...new Set([...control.options, value])].map((one) => (
            <option key={one} value={one}>
              {choice(one)}
            </option>
          ))}
        </select>
      );
    case "tag":
      return (
        <select {...common}>
          <option value="">{t("form.choose")}</option>
          {tags.map((tag) => (
            <option key={tag.id} value={tag.id}>
              {tag.name}
            </option>
          ))}
        </select>
      );
    case "date":
      return <input {...common} type="date" />;
    case "number":
      return (
        <input
          {...common}
          type="number"
          inputMode="decimal"
          min={control.min}
          max={control.max}
          step={control.step}
          placeholder={control.usual || t("insight.ask.auto")}
        />
      );
  }
}

/** The word of a choice; a share that is no word of ours is said as such. */
function useChoice(): (value: string) => string {
  const { t } = useTranslation(["app", "ui"]);
  const { share } = useWrite();
  return (value) =>
    Number.isFinite(Number(value))
      ? t("insight.ask.choice.top", { share: share(1 - Number(value)) })
      : t(`insight.ask.choice.${value as "mean"}`);
}

/** What was asked in one line: the store, and what differs from one run to the next. */
export function useAskedWords(): (analysis: Analysis, asked: Parameters) => string {
  const { t } = useTranslation(["app", "ui"]);
  const choice = useChoice();
  const storeName = useStoreName();
  const tags = useTags();
  const { f } = useWrite();
  const written = (control: Control, value: string) => {
    switch (control.kind) {
      case "choice":
        return choice(value);
      case "tag":
        return tags.find((tag) => tag.id === value)?.name ?? "–";
      case "date":
        return f.day(value);
      case "number":
        return f.plain(Number(value));
    }
  };
  return (analysis, asked) => {
    const draft = draftOf(analysis, asked);
    const parts = CONTROLS[analysis].flatMap((control) => {
      const value = draft[control.name];
      if (!value || value === control.usual || (control.when && !control.when(draft))) return [];
      return [`${t(`insight.ask.name.${control.name}`)} ${written(control, value)}`];
    });
    return [asked.store ? storeName(asked.store) : t("shell.allStores"), ...parts].join(" · ");
  };
}
