import type { Schema } from "@shuke/api";
import { useTranslation } from "react-i18next";

/** The columns of an empty file to fill in, by what it brings. */
export const TEMPLATES: Record<Schema<"ImportKind">, string[]> = {
  members: [
    "phone",
    "name",
    "card_number",
    "birthday",
    "gender",
    "tier",
    "tags",
    "joined_on",
    "points",
    "principal",
    "bonus",
    "store",
    "province",
    "city",
    "district",
    "source",
    "note",
  ],
  products: ["sku", "barcode", "name", "category", "price", "member_price", "cost", "stock", "unit", "brand"],
  orders: ["order_number", "time", "store", "customer", "sku", "description", "quantity", "unit_price", "amount"],
  balances: ["member", "points", "principal", "bonus", "expires_on", "note"],
};

/** What a field of a file is called: in Chinese as shops head their columns, which the import knows again. */
export function useFieldName(): (field: string) => string {
  const { t } = useTranslation(["app", "ui"]);
  const plain = t as unknown as (key: string, options: { defaultValue: string }) => string;
  return (field) => plain(`imports.fields.${field}`, { defaultValue: field });
}
