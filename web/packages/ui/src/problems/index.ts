import type { Problem } from "@shuke/api";
import type { Language } from "../format";
import { en } from "../texts/en";
import { zh } from "../texts/zh";

let loaded: Record<string, string> | undefined;

/** Fetches the Chinese sentences of all error codes: a chunk of their own, asked for at start without waiting. */
export async function loadSentences(): Promise<void> {
  loaded ??= (await import("./zh")).sentences;
}

/** The problem as a sentence that says what to do: in Chinese by its code, in English as the server says it. */
export function sentence(problem: Problem, language: Language): string {
  const texts = language === "zh" ? zh : en;
  if (problem.offline) return texts.problem.offline;
  if (problem.code === "internal") return texts.problem.internal;
  if (language === "zh") return loaded?.[problem.code] ?? problem.message;
  return problem.message;
}

/** The sentence of one field's fault. */
export function fieldSentence(fault: { code: string; detail: string }, language: Language): string {
  return (language === "zh" ? loaded?.[fault.code] : undefined) ?? fault.detail;
}
