import { expect, it } from "vitest";
import { read } from "./read";

it("reads quantities, codes and phones, and leaves the rest a text", () => {
  expect(read("  ")).toEqual({ kind: "nothing" });
  expect(read("3*")).toEqual({ kind: "quantity", milli: 3_000 });
  expect(read("*0.5")).toEqual({ kind: "quantity", milli: 500 });
  expect(read("2\u00d72000000000459")).toEqual({ kind: "many", milli: 2_000, text: "2000000000459" });
  expect(read("SK1.123.4.ab")).toEqual({ kind: "code", text: "SK1.123.4.ab" });
  expect(read("138 0013 8000")).toEqual({ kind: "phone", text: "13800138000" });
  expect(read("0042")).toEqual({ kind: "text", text: "0042" });
  expect(read("2000000000459")).toEqual({ kind: "text", text: "2000000000459" });
});

it("takes no quantity that is none", () => {
  for (const text of ["0*", "0.0001*", "99999*", "*"]) expect(read(text).kind).toBe("text");
});
