import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { audit as en } from "../../texts/en/audit";
import { audit as zh } from "../../texts/zh/audit";
import { differences } from "./words";

/** Every action that the server writes into the log by a name that stands in its source. */
function actions(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["target", "tests"].includes(entry.name) ? [] : actions(path);
    if (!entry.name.endsWith(".rs")) return [];
    return [...readFileSync(path, "utf8").matchAll(/Entry::new\("([a-z_]+\.[a-z_]+)"/g)].map((found) => found[1] ?? "");
  });
}

it("has words for everything that is written into the log", () => {
  const found = [...new Set(actions(join(import.meta.dirname, "../../../../../crates")))];
  expect(found.length).toBeGreaterThan(50);
  const wordless = found.filter((action) => {
    const [noun = "", verb = ""] = action.split(".");
    return [zh, en].some((texts) => !(noun in texts.nouns) || !(verb in texts.verbs));
  });
  expect(wordless).toEqual([]);
});

it("shows what differs, and nothing else", () => {
  expect(differences({ a: 1, b: "x", c: [1] }, { a: 1, b: "y", c: [1], d: true })).toEqual([
    { field: "b", before: "x", after: "y" },
    { field: "d", before: "–", after: "true" },
  ]);
  expect(differences(null, "published")).toEqual([{ field: "", before: "–", after: "published" }]);
});
