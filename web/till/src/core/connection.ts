// Whether the server answers. Every request tells; while it does not answer it is asked again and again.
import { api } from "@shuke/api";
import { createStore } from "./store";

export const connected = createStore(navigator.onLine);

const ASK_EVERY_MS = 4_000;
let asking: ReturnType<typeof setInterval> | undefined;

async function ask() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(3_000) });
    if (answer.ok) connected.set(true);
  } catch {
    // Still out of reach; the next question comes by itself.
  }
}

function follow() {
  if (connected.get()) {
    clearInterval(asking);
    asking = undefined;
  } else {
    asking ??= setInterval(() => void ask(), ASK_EVERY_MS);
  }
}

/** Begins to watch; once, at start. */
export function watchConnection(): void {
  api.use({
    onResponse({ response }) {
      if (response.status < 502 || response.status > 504) connected.set(true);
    },
    onError({ error }) {
      // A question that was taken back tells nothing about the server.
      const name = error instanceof Error || error instanceof DOMException ? error.name : "";
      if (name !== "AbortError") connected.set(false);
    },
  });
  connected.subscribe(follow);
  addEventListener("offline", () => connected.set(false));
  addEventListener("online", () => void ask());
  if (!connected.get()) follow();
}
