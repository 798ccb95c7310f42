// The generated client is that of the committed document: fails where `npm run generate` would change it.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";

const made = "node_modules/.schema.fresh.d.ts";
execFileSync("npx", ["openapi-typescript", "../docs/openapi.json", "-o", made], {
  stdio: ["ignore", "ignore", "inherit"],
});
const same = readFileSync(made, "utf8") === readFileSync("packages/api/src/schema.d.ts", "utf8");
rmSync(made);
if (!same) {
  console.error(
    "packages/api/src/schema.d.ts is not that of docs/openapi.json: run `npm run generate` in web/ and commit it",
  );
  process.exit(1);
}
