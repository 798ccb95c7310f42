import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { sentences } from "../problems/zh";

const WEB = resolve(import.meta.dirname, "../../../..");

function sources(): string[] {
  return ["console/src", "till/src", "card/src", "packages/ui/src"].flatMap((folder) =>
    readdirSync(join(WEB, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name) && !/(^|\/)(texts|problems)\/|\.test\.|\.gen\.|\.d\.ts$/.test(name))
      .map((name) => join(folder, name)),
  );
}

it("every text is in a table of texts, in both languages", () => {
  const found = sources().flatMap((path) =>
    readFileSync(join(WEB, path), "utf8")
      .split("\n")
      .map((line, at) => [`${path}:${at + 1}`, line.replace(/\/\/.*|\/\*.*|^\s*\*.*/, "")] as const)
      .filter(([, line]) => /[\u3400-\u9fff]/.test(line))
      .map(([where]) => where),
  );
  expect(found).toEqual([]);
});

it("every error code of the server has its Chinese sentence", () => {
  const page = readFileSync(resolve(WEB, "../docs/guide/errors.md"), "utf8");
  const codes = [...page.matchAll(/^\| `([a-z0-9_]+)` \|/gm)].map((found) => found[1] ?? "");
  expect(codes.length).toBeGreaterThan(100);
  expect(codes.filter((code) => !sentences[code])).toEqual([]);
  expect(Object.keys(sentences).filter((code) => !codes.includes(code))).toEqual([]);
});
