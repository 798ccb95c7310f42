// What a face's first page and each of its routes weigh, compressed; fails where a limit is passed.
// First load: what index.html names, and what those files import statically.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";

/** Kilobytes, compressed with gzip. */
const LIMITS = {
  card: { first: 250, route: 120 },
  till: { first: 600, route: 250 },
  console: { first: 600, route: 450 },
};

const weight = (path) =>
  (existsSync(`${path}.gz`) ? statSync(`${path}.gz`).size : gzipSync(readFileSync(path)).length) / 1000;

function closure(paths) {
  const seen = new Set();
  const queue = [...paths];
  for (let path = queue.pop(); path; path = queue.pop()) {
    if (seen.has(path) || !existsSync(path)) continue;
    seen.add(path);
    if (!path.endsWith(".js")) continue;
    const text = readFileSync(path, "utf8");
    for (const found of text.matchAll(/(?:^|[;}\s])(?:import|export)\b[^"'();]*?["'](\.[^"']+\.js)["']/g))
      queue.push(normalize(join(dirname(path), found[1])));
  }
  return seen;
}

let failed = false;
for (const [face, limit] of Object.entries(LIMITS)) {
  const dist = `${face}/dist`;
  const html = readFileSync(`${dist}/index.html`, "utf8");
  const named = [...html.matchAll(/(?:src|href)="\/[a-z]+\/([^"]+\.(?:js|css))"/g)].map((found) =>
    join(dist, found[1]),
  );
  const first = [...closure(named)];
  const sum = first.reduce((total, path) => total + weight(path), 0);
  const rest = readdirSync(`${dist}/assets`)
    .filter((name) => name.endsWith(".js"))
    .map((name) => join(dist, "assets", name))
    .filter((path) => !first.includes(path));
  const largest = rest.map((path) => [weight(path), path]).sort((a, b) => b[0] - a[0])[0];
  console.log(
    `${face}: first load ${sum.toFixed(0)} kB of ${limit.first}; ${rest.length} more chunks, the largest ${largest ? `${largest[0].toFixed(0)} kB of ${limit.route} (${largest[1]})` : "none"}`,
  );
  if (sum > limit.first || (largest && largest[0] > limit.route)) failed = true;
}
if (failed) {
  console.error("a face is heavier than its limit: split it, or say in scripts/sizes.mjs why it may be");
  process.exit(1);
}
