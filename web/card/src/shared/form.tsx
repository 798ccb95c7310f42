import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from "react";

interface Around {
  label: string;
  hint?: ReactNode;
  fault?: string | undefined;
}

/** A labelled input; what is wrong with it stands below it. */
export function Field({ label, hint, fault, ...rest }: Around & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        {...rest}
        aria-invalid={fault ? true : undefined}
        aria-describedby={hint || fault ? `${id}-hint` : undefined}
      />
      {hint || fault ? (
        <small id={`${id}-hint`} className={fault ? "fault" : undefined}>
          {fault ?? hint}
        </small>
      ) : null}
    </div>
  );
}

/** A labelled choice. */
export function Choice({ label, hint, fault, children, ...rest }: Around & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} {...rest} aria-describedby={hint || fault ? `${id}-hint` : undefined}>
        {children}
      </select>
      {hint || fault ? <small id={`${id}-hint`}>{fault ?? hint}</small> : null}
    </div>
  );
}

/** On or off. */
export function Toggle({
  label,
  on,
  onChange,
  disabled,
}: {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
  disabled?: boolean;
}) {
  return (
    <label className="toggle">
      <span>{label}</span>
      <input
        type="checkbox"
        role="switch"
        aria-checked={on}
        checked={on}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
    </label>
  );
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const two = (value: number) => String(value).padStart(2, "0");

/** `1990-08-15`, or `--08-15` without the year; empty while month or day is missing. */
export function BirthdayField({ label, hint, value, onChange, thisYear }: BirthdayProps) {
  const id = useId();
  const [year = "", month = "", date = ""] = /^(\d{4}|-)-(\d\d|)-(\d\d|)$/.exec(value)?.slice(1) ?? [];
  const put = (y: string, m: string, d: string) =>
    onChange(y === "" && m === "" && d === "" ? "" : `${y || "-"}-${m}-${d}`);
  const shownYear = year === "-" ? "" : year;
  return (
    <fieldset className="field">
      <legend>{label}</legend>
      <div className="three">
        <select
          aria-label={`${label} YYYY`}
          value={shownYear}
          onChange={(event) => put(event.target.value, month, date)}
        >
          <option value="">----</option>
          {range(thisYear - 110, thisYear)
            .reverse()
            .map((y) => (
              <option key={y}>{y}</option>
            ))}
        </select>
        <select aria-label={`${label} MM`} value={month} onChange={(event) => put(shownYear, event.target.value, date)}>
          <option value="">--</option>
          {range(1, 12).map((m) => (
            <option key={m}>{two(m)}</option>
          ))}
        </select>
        <select aria-label={`${label} DD`} value={date} onChange={(event) => put(shownYear, month, event.target.value)}>
          <option value="">--</option>
          {range(1, 31).map((d) => (
            <option key={d}>{two(d)}</option>
          ))}
        </select>
      </div>
      {hint ? <small id={`${id}-hint`}>{hint}</small> : null}
    </fieldset>
  );
}

interface BirthdayProps {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
  thisYear: number;
}

/** Whether a birthday can be sent: month and day are there. */
export const wholeBirthday = (value: string) => /^(\d{4}|-)-\d\d-\d\d$/.test(value);
