import type { Middleware } from "openapi-fetch";
import { api } from "./client";

/** Asking whether one is signed in, or whether this browser is a till's device, is no fault where one is not. */
const ASKS = /^\/api\/v1\/(session|device)(\/|$)/;
const SIGNS_IN = /^\/api\/v1\/(device\/)?session$/;

/**
 * Knows from requests and answers when nobody is signed in any more. An answer to what was asked before the last sign-in
 * says nothing about it: a slow one must not ask for the password again.
 */
export class SignedOut {
  #signIns = 0;
  #asked = new Map<string, number>();

  asked(id: string): void {
    this.#asked.set(id, this.#signIns);
  }

  /** Whether this answer says that the session is over. */
  answered(id: string, method: string, path: string, status: number): boolean {
    const then = this.#asked.get(id);
    this.#asked.delete(id);
    if (method === "POST" && SIGNS_IN.test(path) && status < 300) this.#signIns += 1;
    return status === 401 && then === this.#signIns && !ASKS.test(path);
  }

  failed(id: string): void {
    this.#asked.delete(id);
  }
}

/** Tells when an answer says that nobody is signed in any more. Gives the way to stop. */
export function watchSignedOut(tell: () => void): () => void {
  const state = new SignedOut();
  const watch: Middleware = {
    onRequest({ id }) {
      state.asked(id);
    },
    onResponse({ id, request, schemaPath, response }) {
      if (state.answered(id, request.method, schemaPath, response.status)) tell();
    },
    onError({ id }) {
      state.failed(id);
    },
  };
  api.use(watch);
  return () => api.eject(watch);
}
