import { expect, it } from "vitest";
import { SignedOut } from "./signedOut";

it("an answer to what was asked before the last sign-in asks for no other", () => {
  const state = new SignedOut();
  const ask = (...ids: string[]) => {
    for (const id of ids) state.asked(id);
  };
  ask("save", "slow");
  expect(state.answered("save", "PUT", "/api/v1/settings/tax", 401)).toBe(true);
  ask("wrong", "right");
  expect(state.answered("wrong", "POST", "/api/v1/session", 401)).toBe(false);
  expect(state.answered("right", "POST", "/api/v1/session", 200)).toBe(false);
  expect(state.answered("slow", "GET", "/api/v1/members", 401)).toBe(false);
  ask("later", "device");
  expect(state.answered("device", "GET", "/api/v1/device", 401)).toBe(false);
  expect(state.answered("later", "GET", "/api/v1/members", 401)).toBe(true);
});

it("a sign-in at a till's device counts as one", () => {
  const state = new SignedOut();
  for (const id of ["slow", "pin"]) state.asked(id);
  state.answered("pin", "POST", "/api/v1/device/session", 201);
  expect(state.answered("slow", "GET", "/api/v1/orders", 401)).toBe(false);
});
