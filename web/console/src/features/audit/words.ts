import { useTranslation } from "react-i18next";

/** What a person reads where the log has a code: the words of an action, and of a section of the settings. */
export function useWords(): { action: (code: string) => string; section: (name: string) => string } {
  const { t, i18n } = useTranslation(["app", "ui"]);
  const word = (key: string, otherwise: string) => (i18n.exists(`app:${key}`) ? String(t(key as never)) : otherwise);
  return {
    action: (code) => {
      const [noun = "", verb = ""] = code.split(".");
      return t("audit.said", { noun: word(`audit.nouns.${noun}`, noun), verb: word(`audit.verbs.${verb}`, verb) });
    },
    section: (name) => word(`audit.sections.${name}`, name),
  };
}

/** A value of the log, on one line. */
export function plain(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

const fields = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : value === null || value === undefined
      ? {}
      : { "": value };

/** What differs between two states, field by field. */
export function differences(before: unknown, after: unknown): { field: string; before: string; after: string }[] {
  const [old, now] = [fields(before), fields(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names
    .map((field) => ({ field, before: plain(old[field]), after: plain(now[field]) }))
    .filter((one) => one.before !== one.after);
}
