import { expect, it } from "vitest";
import { toCsv } from "./csv";

it("quotes what must be quoted, and lets no cell be a formula", () => {
  expect(
    toCsv([
      ["a", 'b"c', "d,e"],
      ["=1+1", "@x", "-12.50"],
    ]),
  ).toBe('\uFEFFa,"b""c","d,e"\r\n\'=1+1,\'@x,-12.50\r\n');
});
