import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const WEB = resolve(import.meta.dirname, "../..");

/** Operations that no face of the staff calls, each with its reason. */
const ELSEWHERE: Record<string, string> = {
  "GET /api/v1/members/{id}/starter-picks": "shown at the till, where they are offered",
  "GET /api/v1/categories/{id}": "the list of categories says all of it",
  "GET /api/v1/coupon-batches/{id}": "the list of batches says all of it",
  "GET /api/v1/coupons/{id}": "found by its code, or at its member",
  "GET /api/v1/exchanges/{id}": "shown at its order",
  "GET /api/v1/insight/saves/{id}": "the list of saves of a run says all of it",
  "GET /api/v1/gift-card-batches/{id}": "the list of batches says all of it",
  "GET /api/v1/gift-cards/{id}": "found by its code",
  "GET /api/v1/pass-plans/{id}": "the list of plans says all of it",
  "GET /api/v1/passes/{id}": "the list at its member says all of it",
  "GET /api/v1/reward-orders/{id}": "the list at its member says all of it",
  "GET /api/v1/rewards/{id}": "the list of rewards says all of it",
  "GET /api/v1/settings": "each section has its own form",
  "GET /api/v1/settlements/{id}": "the list of settlements says all of it but its lines",
  "GET /api/v1/staff/{id}": "the list of staff says all of it",
  "GET /api/v1/stores/{id}": "the list of stores says all of it",
  "GET /api/v1/tills/{id}": "the list of tills says all of it",
  "GET /api/v1/top-up-plans/{id}": "the list of plans says all of it",
  "GET /api/v1/trials/{id}": "the list of trials says all of it",
  "GET /api/v1/members/{id}/balances": "the overview of a member says all of it",
  "GET /api/v1/members/{id}/relationship": "the overview of a member says it",
  "GET /api/v1/members/{id}/tier": "the overview of a member says it",
  "GET /api/v1/membership-plans/{id}": "the list of plans says all of it",
  "GET /api/v1/memberships/{id}": "the list at its member says all of it",
  "GET /api/v1/variants/by-barcode/{code}": "the till searches through the products",
};

function calls(): Set<string> {
  const found = new Set<string>();
  for (const folder of ["console/src", "till/src", "packages/ui/src", "packages/api/src"])
    for (const name of readdirSync(join(WEB, folder), { recursive: true, encoding: "utf8" })) {
      if (!/\.tsx?$/.test(name) || /schema\.d\.ts$|\.test\./.test(name)) continue;
      const text = readFileSync(join(WEB, folder, name), "utf8");
      for (const [, method, path] of text.matchAll(/\.(GET|POST|PUT|PATCH|DELETE)\(\s*"(\/api\/v1[^"]*)"/g))
        found.add(`${method} ${path}`);
      for (const [, method, path] of text.matchAll(/use\w*\(\s*"(get|post|put|patch|delete)",\s*"(\/api\/v1[^"]*)"/g))
        found.add(`${method?.toUpperCase()} ${path}`);
    }
  return found;
}

it("staff can reach every operation that is theirs", () => {
  const document = JSON.parse(readFileSync(resolve(WEB, "../docs/openapi.json"), "utf8")) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => /^(get|post|put|patch|delete)$/.test(method))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  const called = calls();
  const missing = all.filter((one) => !called.has(one) && !(one in ELSEWHERE) && !/ \/api\/v1\/me(\/|$)/.test(one));
  expect(missing).toEqual([]);
  expect(Object.keys(ELSEWHERE).filter((one) => !all.includes(one))).toEqual([]);
});
