// What a text in the search field means. Pure.
import { parsePieces } from "../../core/format";

export type Read =
  | { kind: "nothing" }
  /** A number of pieces for the line that is selected: `3*`. */
  | { kind: "quantity"; milli: number }
  /** So many pieces of what the code or name says: `3*690…`. */
  | { kind: "many"; milli: number; text: string }
  /** The rotating code on a member's phone. */
  | { kind: "code"; text: string }
  /** Digits as a phone has them, in whole. */
  | { kind: "phone"; text: string }
  | { kind: "text"; text: string };

export function read(typed: string): Read {
  const text = typed.trim().replace(/[\u00d7\uff0a]/g, "*");
  if (text === "") return { kind: "nothing" };
  const many = /^([\d.]+)\*(.*)$/.exec(text);
  if (many) {
    const milli = parsePieces(many[1] ?? "");
    const rest = (many[2] ?? "").trim();
    if (milli) return rest ? { kind: "many", milli, text: rest } : { kind: "quantity", milli };
  }
  const after = /^\*([\d.]+)$/.exec(text);
  const milli = after ? parsePieces(after[1] ?? "") : undefined;
  if (milli) return { kind: "quantity", milli };
  if (/^SK1\./i.test(text)) return { kind: "code", text };
  if (/^(\+?86)?1[3-9]\d{9}$/.test(text.replace(/[\s-]/g, "")))
    return { kind: "phone", text: text.replace(/[\s-]/g, "") };
  return { kind: "text", text };
}
