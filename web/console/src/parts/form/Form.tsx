import { asProblem, newKey } from "@shuke/api";
import { fieldSentence, language } from "@shuke/ui";
import { ProblemNotice } from "@shuke/ui/antd";
import { App, Button, Tag } from "antd";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Faults, Fields } from "./Fields";
import { at, type Part, type Section } from "./model";

interface Props<T> {
  /** Names the form: what was typed and not saved is kept under it in this tab. */
  id: string;
  title?: string;
  initial: T;
  sections: Section<T>[] | ((value: T) => Section<T>[]);
  /** Sends it; `key` names this decision, and stays the same for every retry of it. */
  save: (value: T, key: string) => Promise<unknown>;
  saved?: () => void;
  submit?: string;
  actions?: (value: T) => ReactNode;
  /** Under the fields: what it comes to. */
  below?: (value: T) => ReactNode;
  /** Beside the fields: an example, a check. */
  aside?: (value: T) => ReactNode;
  readOnly?: boolean;
  /** Where the server's pointers begin, when `save` sends the value within something. */
  base?: string;
  /** Nothing is saved: neither "saved" nor "unsaved" is said. */
  quiet?: boolean;
  /** Holds a password: what is typed is not kept in the browser. */
  secret?: boolean;
}

const place = (id: string) => `shuke.draft.${id}`;

/** What was typed in a form and not saved, kept for as long as the tab lives. */
export function useDraft<T>(id: string, initial: T, secret = false) {
  const [value, setValue] = useState<T>(() => {
    const kept = secret ? null : sessionStorage.getItem(place(id));
    return kept ? (JSON.parse(kept) as T) : initial;
  });
  const dirty = JSON.stringify(value) !== JSON.stringify(initial);
  useEffect(() => {
    if (dirty && !secret) sessionStorage.setItem(place(id), JSON.stringify(value));
    else sessionStorage.removeItem(place(id));
  }, [id, dirty, secret, value]);
  const forget = useCallback(
    (to: T) => {
      sessionStorage.removeItem(place(id));
      setValue(to);
    },
    [id],
  );
  return { value, setValue, dirty, forget };
}

/** The one form: sections on one page, Ctrl S, unsaved changes kept, sentences beside the fields. */
export function Form<T extends object>(props: Props<T>) {
  const { id, initial, sections: given, save, saved, base = "", readOnly } = props;
  const { t } = useTranslation(["app", "ui"]);
  const { message } = App.useApp();
  const { value, setValue, dirty, forget } = useDraft(id, initial, props.secret);
  const [error, setError] = useState<unknown>();
  const [faults, setFaults] = useState<Faults>({});
  const [saving, setSaving] = useState(false);
  const key = useRef<string>(undefined);
  const form = useRef<HTMLFormElement>(null);
  const sections = typeof given === "function" ? given(value) : given;

  const change = (next: object) => {
    key.current = undefined;
    setValue(next as T);
  };
  const send = async () => {
    if (saving || readOnly) return;
    const unread = form.current?.querySelector<HTMLElement>("[data-unread]");
    if (unread) return unread.focus();
    const missing = emptyFields(sections, value, base, t("form.required"));
    if (Object.keys(missing).length > 0) {
      setFaults(missing);
      setError(undefined);
      requestAnimationFrame(() =>
        form.current?.querySelector<HTMLElement>(".field-wrong input, .field-wrong select")?.focus(),
      );
      return;
    }
    key.current ??= newKey();
    setSaving(true);
    setError(undefined);
    setFaults({});
    try {
      await save(value, key.current);
      key.current = undefined;
      sessionStorage.removeItem(place(id));
      if (!props.quiet) void message.success(t("ui:state.saved"));
      saved?.();
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (!problem.offline && problem.status < 500) key.current = undefined;
      setFaults(
        Object.fromEntries((problem.body?.fields ?? []).map((one) => [one.field, fieldSentence(one, language())])),
      );
      setError(thrown);
    }
    setSaving(false);
  };
  useCtrlS(() => {
    // Of several forms on a page the one that is typed in is meant, else those with changes.
    const within = document.activeElement?.closest("form.form");
    if (within ? within === form.current : dirty || document.querySelectorAll("form.form").length === 1) void send();
  });
  return (
    <form
      ref={form}
      className="form"
      noValidate
      aria-label={props.title}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {props.title && <h1>{props.title}</h1>}
      <ProblemNotice error={error} onRetry={asProblem(error).offline ? () => void send() : undefined} />
      <div className={props.aside ? "form-columns" : undefined}>
        <fieldset disabled={readOnly} className="plain">
          {sections.map((section) => (
            <section key={section.title} className="form-section">
              {section.title && <h2>{section.title}</h2>}
              {section.help && <p className="help">{section.help}</p>}
              <Fields
                fields={section.fields as Part[]}
                value={value as Record<string, unknown>}
                onChange={change}
                faults={faults}
                base={base}
                under={section.title}
              />
            </section>
          ))}
        </fieldset>
        {props.aside && <aside>{props.aside(value)}</aside>}
      </div>
      {props.below?.(value)}
      {!readOnly && (
        <footer className="form-foot">
          <Button type="primary" htmlType="submit" loading={saving} title="Ctrl S">
            {props.submit ?? t("ui:do.save")}
          </Button>
          {props.actions?.(value)}
          {dirty && !props.quiet && (
            <>
              <Tag color="warning">{t("ui:state.unsaved")}</Tag>
              <Button type="text" onClick={() => forget(initial)}>
                {t("form.discard")}
              </Button>
            </>
          )}
        </footer>
      )}
    </form>
  );
}

function emptyFields<T>(sections: Section<T>[], value: T, base: string, text: string): Faults {
  const faults: Faults = {};
  for (const section of sections)
    for (const field of section.fields) {
      const here = at(value, field.at);
      const empty = here == null || here === "" || (Array.isArray(here) && here.length === 0);
      if (field.required && empty && (!field.when || field.when(value)))
        faults[`${base}/${field.at.replaceAll(".", "/")}`] = text;
    }
  return faults;
}

function useCtrlS(act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
