// "Add to home screen", where the browser offers it to pages.
import { useSyncExternalStore } from "react";

interface Offer extends Event {
  prompt(): Promise<unknown>;
}

let offer: Offer | undefined;
const listeners = new Set<() => void>();

export function watchInstall(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event as Offer;
    for (const tell of listeners) tell();
  });
  addEventListener("appinstalled", () => {
    offer = undefined;
    for (const tell of listeners) tell();
  });
}

/** Installed already. */
export const isInstalled = () => matchMedia("(display-mode: standalone)").matches;

/** Asks the browser; undefined where it doesn't offer it. */
export function useInstall(): (() => Promise<void>) | undefined {
  const found = useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => offer,
  );
  if (!found) return undefined;
  return async () => {
    await found.prompt();
  };
}
