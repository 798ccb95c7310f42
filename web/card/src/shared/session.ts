// Whether the server still knows us. A 401 anywhere asks for the phone once more, over the page.
import { asProblem } from "@shuke/api";
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

let out = false;
const listeners = new Set<() => void>();

function set(value: boolean): void {
  if (out === value) return;
  out = value;
  for (const tell of listeners) tell();
}

const saysOut = (error: unknown) => {
  const problem = asProblem(error);
  return problem.code === "session_ended" || problem.code === "not_signed_in";
};

/** Looks at every answer. */
export function watchSession(client: QueryClient): void {
  const look = (error: unknown) => {
    if (error && saysOut(error)) set(true);
  };
  client.getQueryCache().subscribe((event) => {
    if (event.type === "updated" && event.action.type === "error") look(event.action.error);
  });
  client.getMutationCache().subscribe((event) => {
    if (event.type === "updated" && event.action.type === "error") look(event.action.error);
  });
}

export function useSignedOut(): boolean {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => out,
  );
}

/** Signed in: what was refused is asked for again. */
export async function signedIn(client: QueryClient): Promise<void> {
  set(false);
  await client.invalidateQueries();
}

/** Signed out on purpose. */
export function signedOut(): void {
  set(true);
}
