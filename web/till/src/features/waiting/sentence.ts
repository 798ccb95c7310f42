import { Problem } from "@shuke/api";
import { language, sentence } from "@shuke/ui";
import type { QueuedSale } from "../../core/db";

/** A kept refusal as the sentence that it would have been at once. */
export function sentenceOf(kept: QueuedSale["problem"]): string {
  if (!kept) return "";
  const { code, status, detail } = kept;
  return sentence(new Problem(code, status, { type: "", title: "", status, code, detail } as never), language());
}
