import { expect, it } from "vitest";
import { instantOf, localOf } from "./Fields";

it("local times of a zone and instants are each other's reverse, daylight saving or not", () => {
  for (const zone of ["Asia/Shanghai", "Europe/Berlin", "America/New_York"])
    for (const local of ["2026-01-15T08:30", "2026-07-15T23:59", "2026-03-29T12:00"])
      expect(localOf(instantOf(local, zone), zone)).toBe(local);
  expect(instantOf("2026-11-22T08:00", "Asia/Shanghai")).toBe(Date.parse("2026-11-22T00:00:00Z"));
});
