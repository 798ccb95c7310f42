import { expect, it } from "vitest";
import { mapOf, missing, withColumn } from "./columns";

const look = { header: ["Name", "Tel", "Tel"], fields: ["phone", "name", "card_number"] };

it("gives a column to a field, and takes it from where it was", () => {
  const columns = withColumn(["name", "phone", null], 2, "phone");
  expect(columns).toEqual(["name", null, "phone"]);
  expect(mapOf(look, columns)).toEqual([
    { field: "phone", column: "3" },
    { field: "name", column: "Name" },
    { field: "card_number", column: "" },
  ]);
  expect(withColumn(columns, 0, null)).toEqual([null, null, "phone"]);
});

it("says which fields still need a column", () => {
  const required = [["phone", "card_number"]];
  expect(missing(required, ["name", "phone", null])).toEqual([]);
  expect(missing(required, ["name", null, null])).toEqual([["phone", "card_number"]]);
});
