import { Input, type InputProps, type InputRef } from "antd";
import { type Ref, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Currency, parseMoney, plainMoney } from "../format";

type Props = Omit<InputProps, "value" | "onChange"> & {
  currency: Currency;
  /** Minor units. */
  value?: number | null;
  onChange?: (minor: number | null) => void;
  /** Writes no zeros after the point that say nothing: for quantities and rates. */
  trim?: boolean;
  ref?: Ref<InputRef>;
};

function write(value: number, currency: Currency, trim: boolean): string {
  const text = plainMoney(value, currency);
  return trim && text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Takes what a person types, keeps it as typed while it is no amount, never rounds. */
export function MoneyInput({ currency, value, onChange, trim = false, ...rest }: Props) {
  const { t } = useTranslation("ui");
  const [text, setText] = useState(value == null ? "" : write(value, currency, trim));
  const read = text.trim() === "" ? null : parseMoney(text, currency);
  useEffect(() => {
    // The value was set from outside: show it, unless it is what the text says already.
    setText((shown) => {
      const shownValue = shown.trim() === "" ? null : parseMoney(shown, currency);
      if ((value ?? null) === shownValue || (shownValue === undefined && value == null)) return shown;
      return value == null ? "" : write(value, currency, trim);
    });
  }, [value, currency, trim]);
  return (
    <Input
      inputMode="decimal"
      autoComplete="off"
      {...rest}
      {...(read === undefined
        ? { status: "error" as const, title: t("money.invalid"), "aria-invalid": true, "data-unread": true }
        : {})}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        const minor = event.target.value.trim() === "" ? null : parseMoney(event.target.value, currency);
        onChange?.(minor === undefined ? null : minor);
      }}
    />
  );
}
