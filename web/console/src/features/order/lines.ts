import type { Schema } from "@shuke/api";
import type { TFunction } from "i18next";
import type { Field } from "../../parts/form/model";

/** What of an order comes back: thousandths by line. */
export interface Returned {
  quantities: Record<string, number | null>;
  damaged: Record<string, boolean>;
  reason: string;
}

/** Lines of which something is left to come back. */
export function leftOf(order: Schema<"Order">): Schema<"OrderLine">[] {
  return order.lines.filter((line) => line.refunded_milli < line.quantity_milli);
}

/** What is sent: lines with a quantity. */
export function linesOf(value: Returned): Schema<"RefundLine">[] {
  return Object.entries(value.quantities)
    .filter(([, quantity]) => quantity)
    .map(([line, quantity]) => ({
      line: Number(line),
      quantity_milli: quantity ?? 0,
      damaged: value.damaged[line] ?? false,
    }));
}

/** Asks for each line how much comes back, and whether it can be sold again. */
export function backFields<T extends Returned>(
  left: Schema<"OrderLine">[],
  t: TFunction<["app", "ui"]>,
  quantity: (milli: number) => string,
): Field<T>[] {
  return left.flatMap((line) => [
    {
      at: `quantities.${line.line}` as Field<T>["at"],
      kind: "quantity" as const,
      label: t("sales.order.refundLine", { name: line.name }),
      help: t("sales.order.refundMax", { n: quantity(line.quantity_milli - line.refunded_milli) }),
    },
    {
      at: `damaged.${line.line}` as Field<T>["at"],
      kind: "switch" as const,
      label: t("sales.order.refundDamaged", { name: line.name }),
      when: (value: T) => line.tracked && Boolean(value.quantities[line.line]),
    },
  ]);
}
