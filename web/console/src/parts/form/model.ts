// What a form asks for: fields of an object, in sections. Values keep the shape that the API takes.

/** What a form holds: the body that is sent. */
export type Values = Record<string, unknown>;

export interface Choice {
  value: string | number;
  label: string;
}

export type Reference =
  | "store"
  | "till"
  | "tier"
  | "category"
  | "template"
  | "product"
  | "variant"
  | "member"
  | "tag"
  | "design";

interface Base<T> {
  /** The key in the object; `a.b` for what is within. */
  at: (keyof T & string) | `${keyof T & string}.${string}`;
  label: string;
  help?: string;
  required?: boolean;
  /** Asked only where this holds. */
  when?(value: T): boolean;
}

/** What is within an object that no type names. */
// biome-ignore lint/suspicious/noExplicitAny: nested parts have keys of their own
type Loose = any;

export interface Case {
  value: string;
  label: string;
  make: Values;
  fields?: Field<Loose>[];
}

export type Field<T = Values> = Base<T> &
  (
    | { kind: "text" | "area" | "password" | "date" | "moment" | "switch" | "words" | "minutes" | "lines" }
    /** Whole numbers, minor units, basis points, thousandths. */
    | { kind: "whole" | "money" | "rate" | "quantity"; unit?: string }
    | { kind: "choice"; options: Choice[] }
    | { kind: "choices"; options: Choice[] }
    | { kind: "ref"; of: Reference; many?: boolean }
    /** An object within; with `optional`, it may be absent. */
    | { kind: "group"; fields: Field<Loose>[]; optional?: Values }
    | { kind: "list"; fields: Field<Loose>[]; make: () => Values; add: string }
    /** One of several shapes, told apart by `tag`. */
    | { kind: "oneOf"; tag: string; cases: Case[] }
  );

export type Part = Field<Loose>;

export interface Section<T = Values> {
  title: string;
  help?: string;
  fields: Field<T>[];
}

/** What is at `a.b` of an object. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((now, key) => (now == null ? undefined : (now as Values)[key]), value);
}

/** The object with another value at `a.b`; nothing else changes. */
export function withAt<T>(value: T, path: string, next: unknown): T {
  const [key = "", ...rest] = path.split(".");
  const old = (value ?? {}) as Values;
  if (rest.length === 0) return { ...old, [key]: next } as T;
  return { ...old, [key]: withAt((old[key] ?? {}) as Values, rest.join("."), next) } as T;
}

/** `a.b` below `/x` as the server points at it: `/x/a/b`. */
export function pointer(base: string, path: string): string {
  return `${base}/${path.replaceAll(".", "/")}`;
}
