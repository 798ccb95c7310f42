import type { ComponentProps } from "react";

type Input = Omit<ComponentProps<"input">, "value" | "onChange" | "className">;

/** A text that is typed, with its label. Everything else is as of an input; the focus is for the next thing to type. */
export function Field({
  label,
  value,
  onChange,
  ...input
}: Input & { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label>
      {label}
      <input className="field" {...input} value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}
