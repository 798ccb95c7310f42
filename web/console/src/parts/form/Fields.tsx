import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { MoneyInput } from "@shuke/ui/antd";
import { Button, Checkbox, Input, Select, Switch } from "antd";
import { type ComponentProps, type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../format";
import { at, type Choice, type Field, type Part, pointer, type Values, withAt } from "./model";
import { RefSelect } from "./RefSelect";

/** What is wrong with a field, by its pointer. */
export type Faults = Record<string, string>;

interface Props {
  fields: Part[];
  value: Values;
  onChange: (next: Values) => void;
  faults: Faults;
  base: string;
  /** The title above: a part that is called the same does not say it twice. */
  under?: string;
}

/** The fields of one object. */
export function Fields({ fields, value, onChange, faults, base, under }: Props) {
  return (
    <>
      {fields
        .filter((field) => !field.when || field.when(value))
        .map((field) => (
          <FieldRow
            key={`${field.at} ${field.kind}`}
            field={field}
            value={at(value, field.at)}
            onChange={(next) => onChange(withAt(value, field.at, next))}
            faults={faults}
            base={pointer(base, field.at)}
            told={field.label === under || (field.kind === "group" && Boolean(field.optional))}
          />
        ))}
    </>
  );
}

interface RowProps {
  field: Part;
  value: unknown;
  onChange: (next: unknown) => void;
  faults: Faults;
  base: string;
  /** What it is called stands there already, above it or at its box. */
  told?: boolean;
}

function FieldRow({ field, value, onChange, faults, base, told }: RowProps) {
  const id = useId();
  const fault = faults[base] ?? (isWhole(field) ? undefined : below(faults, base));
  if (isWhole(field)) {
    return (
      <fieldset className="field-group">
        <legend className={told ? "hidden" : undefined}>{field.label}</legend>
        {field.help && <p className="help">{field.help}</p>}
        {fault && <p className="fault">{fault}</p>}
        <Whole field={field} value={value} onChange={onChange} faults={faults} base={base} />
      </fieldset>
    );
  }
  const described = [field.help && `${id}-help`, fault && `${id}-fault`].filter(Boolean).join(" ") || undefined;
  return (
    <div className={fault ? "field field-wrong" : "field"}>
      <label htmlFor={id}>
        {field.label}
        {field.required && (
          <span className="must" aria-hidden>
            *
          </span>
        )}
      </label>
      <div>
        <Control id={id} field={field} value={value} onChange={onChange} fault={fault} described={described} />
        {field.help && (
          <p id={`${id}-help`} className="help">
            {field.help}
          </p>
        )}
        {fault && (
          <p id={`${id}-fault`} className="fault" role="alert">
            {fault}
          </p>
        )}
      </div>
    </div>
  );
}

type Bundled = Extract<Field, { kind: "group" | "list" | "oneOf" }>;

function isWhole(field: Part): field is Bundled {
  return field.kind === "group" || field.kind === "list" || field.kind === "oneOf";
}

/** The server may point below a field that stands here as one. */
function below(faults: Faults, base: string): string | undefined {
  const found = Object.keys(faults).find((key) => key.startsWith(`${base}/`));
  return found && faults[found];
}

function Whole({ field, value, onChange, faults, base }: RowProps & { field: Bundled }) {
  if (field.kind === "group") {
    if (field.optional)
      return (
        <>
          <Checkbox
            checked={value != null}
            onChange={(event) => onChange(event.target.checked ? field.optional : null)}
          >
            {field.label}
          </Checkbox>
          {value != null && (
            <Fields fields={field.fields} value={value as Values} onChange={onChange} faults={faults} base={base} />
          )}
        </>
      );
    return (
      <Fields fields={field.fields} value={(value ?? {}) as Values} onChange={onChange} faults={faults} base={base} />
    );
  }
  if (field.kind === "list")
    return <Rows field={field} value={value} onChange={onChange} faults={faults} base={base} />;
  const chosen = field.cases.find((one) => one.value === (value as Values | null)?.[field.tag]) ?? field.cases[0];
  return (
    <>
      <ChoiceSelect
        label={field.label}
        options={field.cases}
        value={chosen?.value}
        onChange={(next) => onChange({ [field.tag]: next, ...field.cases.find((one) => one.value === next)?.make })}
      />
      {chosen?.fields && (
        <Fields
          fields={chosen.fields}
          value={(value ?? {}) as Values}
          onChange={onChange}
          faults={faults}
          base={base}
        />
      )}
    </>
  );
}

function Rows({ field, value, onChange, faults, base }: RowProps & { field: Extract<Bundled, { kind: "list" }> }) {
  const { t } = useTranslation(["app", "ui"]);
  const rows = (value ?? []) as Values[];
  return (
    <div className="rows">
      {rows.map((row, index) => (
        // Rows have no name of their own but their place.
        <div className="row" key={index}>
          <div className="row-fields">
            <Fields
              fields={field.fields}
              value={row}
              onChange={(next) => onChange(rows.map((old, place) => (place === index ? next : old)))}
              faults={faults}
              base={`${base}/${index}`}
            />
          </div>
          <Button
            icon={<DeleteOutlined />}
            aria-label={t("form.removeRow", { n: index + 1 })}
            onClick={() => onChange(rows.filter((_, place) => place !== index))}
          />
        </div>
      ))}
      <Button icon={<PlusOutlined />} onClick={() => onChange([...rows, field.make()])}>
        {field.add}
      </Button>
    </div>
  );
}

interface ControlProps {
  id: string;
  field: Part;
  value: unknown;
  onChange: (next: unknown) => void;
  fault: string | undefined;
  described: string | undefined;
}

const DIGITS = { whole: 0, rate: 2, quantity: 3 } as const;

function Control({ id, field, value, onChange, fault, described }: ControlProps): ReactNode {
  const common = {
    id,
    "aria-describedby": described,
    ...(fault ? { status: "error" as const } : {}),
    ...(field.required ? { "aria-required": true } : {}),
  };
  const text = typeof value === "string" ? value : "";
  switch (field.kind) {
    case "text":
      return <Input {...common} value={text} onChange={(event) => onChange(event.target.value)} autoComplete="off" />;
    case "password":
      return (
        <Input.Password
          {...common}
          value={text}
          onChange={(event) => onChange(event.target.value)}
          autoComplete="new-password"
        />
      );
    case "area":
      return (
        <Input.TextArea {...common} value={text} autoSize={{ minRows: 2 }} onChange={(e) => onChange(e.target.value)} />
      );
    case "lines":
      return (
        <Input.TextArea
          {...common}
          value={((value ?? []) as string[]).join("\n")}
          autoSize={{ minRows: 2 }}
          onChange={(event) => onChange(event.target.value ? event.target.value.split("\n") : [])}
        />
      );
    case "date":
      return <input {...plain(common)} type="date" value={text} onChange={(e) => onChange(e.target.value || null)} />;
    case "moment":
      return <Moment common={plain(common)} value={value as number | null} onChange={onChange} />;
    case "minutes":
      return <Minutes common={plain(common)} value={value as number | null} onChange={onChange} />;
    case "switch":
      return <Switch {...plain(common)} checked={Boolean(value)} onChange={onChange} />;
    case "money":
      return <Amount {...common} value={value as number | null} onChange={onChange} />;
    case "whole":
    case "rate":
    case "quantity":
      return (
        <MoneyInput
          {...common}
          currency={{ code: "NUM", decimals: DIGITS[field.kind] }}
          trim
          value={value as number | null}
          onChange={onChange}
          suffix={field.kind === "rate" ? "%" : field.unit}
        />
      );
    case "choice":
      return (
        <ChoiceSelect
          {...plain(common)}
          options={field.options}
          value={value as string}
          onChange={onChange}
          optional={!field.required}
        />
      );
    case "choices":
      return <Checks label={field.label} options={field.options} value={value} onChange={onChange} />;
    case "words":
      return (
        <Select
          {...common}
          mode="tags"
          style={{ width: "100%" }}
          open={false}
          suffixIcon={null}
          tokenSeparators={[",", "，", " ", "\n"]}
          value={(value ?? []) as string[]}
          onChange={onChange}
        />
      );
    case "ref":
      return <RefSelect {...common} of={field.of} many={field.many} value={value} onChange={onChange} />;
    default:
      return null;
  }
}

/** An amount in the merchant's currency. */
function Amount(props: Omit<ComponentProps<typeof MoneyInput>, "currency">) {
  const { currency, money } = useFormat();
  return <MoneyInput {...props} currency={currency} prefix={money(0).replace(/[\d.,]/g, "")} />;
}

type Plain = { id?: string; "aria-describedby"?: string | undefined; "aria-required"?: boolean };

function plain({ id, ...rest }: Plain & { status?: "error" }): Plain {
  const { status: _, ...aria } = rest;
  return { id, ...aria };
}

/** A choice of a few; the browser's own, so that keyboard and screen readers know it. */
export function ChoiceSelect({
  options,
  value,
  onChange,
  optional,
  label,
  ...rest
}: Plain & {
  options: Choice[];
  value: string | number | undefined | null;
  onChange: (next: string | number | null) => void;
  optional?: boolean;
  label?: string;
}) {
  const { t } = useTranslation(["app", "ui"]);
  return (
    <select
      {...rest}
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange(options.find((one) => String(one.value) === event.target.value)?.value ?? null)}
    >
      {(optional || value == null || value === "") && <option value="">{t("form.choose")}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function Checks({
  options,
  value,
  onChange,
  label,
}: {
  options: Choice[];
  value: unknown;
  onChange: (next: unknown) => void;
  label: string;
}) {
  const chosen = (value ?? []) as (string | number)[];
  return (
    <fieldset className="checks">
      <legend className="hidden">{label}</legend>
      {options.map((option) => (
        <Checkbox
          key={option.value}
          checked={chosen.includes(option.value)}
          onChange={(event) =>
            onChange(
              options
                .map((one) => one.value)
                .filter((one) => (one === option.value ? event.target.checked : chosen.includes(one))),
            )
          }
        >
          {option.label}
        </Checkbox>
      ))}
    </fieldset>
  );
}

/** An instant, written as local time of the store's zone. */
function Moment({
  common,
  value,
  onChange,
}: {
  common: Plain;
  value: number | null;
  onChange: (next: unknown) => void;
}) {
  const { zone } = useFormat();
  const shown = value == null ? "" : localOf(value, zone);
  return (
    <input
      {...common}
      type="datetime-local"
      value={shown}
      onChange={(event) => onChange(event.target.value ? instantOf(event.target.value, zone) : null)}
    />
  );
}

/** `2026-11-22T14:05` in a zone. */
export function localOf(instantMs: number, zone: string): string {
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  })
    .format(instantMs)
    .replace(" ", "T");
}

/** The instant at which clocks in a zone show this; the later one's offset where they are put back. */
export function instantOf(local: string, zone: string): number {
  const asked = Date.parse(`${local}:00Z`);
  let guess = asked;
  for (let turn = 0; turn < 3; turn++) guess += asked - Date.parse(`${localOf(guess, zone)}:00Z`);
  return guess;
}

/** A time of day in minutes since midnight. */
function Minutes({
  common,
  value,
  onChange,
}: {
  common: Plain;
  value: number | null;
  onChange: (next: unknown) => void;
}) {
  const two = (part: number) => String(part).padStart(2, "0");
  return (
    <input
      {...common}
      type="time"
      value={value == null ? "" : `${two(Math.floor(value / 60) % 24)}:${two(value % 60)}`}
      onChange={(event) => {
        const [hour, minute] = event.target.value.split(":").map(Number);
        onChange(event.target.value ? (hour ?? 0) * 60 + (minute ?? 0) : null);
      }}
    />
  );
}
