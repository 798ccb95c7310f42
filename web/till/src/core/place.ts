// Where this device stands: its store and its till, chosen once.
import type { Schema } from "@shuke/api";
import { createContext, useContext } from "react";

export interface Place {
  store: Schema<"Page_Store">["items"][number];
  till: Schema<"Page_Till">["items"][number];
}

const keyOf = (merchant: number) => `shuke.till.place.${merchant}`;

export function placeOf(merchant: number): Place | undefined {
  try {
    return JSON.parse(localStorage.getItem(keyOf(merchant)) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

export function keepPlace(merchant: number, place: Place | undefined): void {
  if (place) localStorage.setItem(keyOf(merchant), JSON.stringify(place));
  else localStorage.removeItem(keyOf(merchant));
}

const Here = createContext<{ place: Place; leave: () => void } | undefined>(undefined);
export const PlaceProvider = Here.Provider;

/** The store and till of this device. */
export function usePlace(): Place {
  const here = useContext(Here);
  if (!here) throw new Error("usePlace outside of PlaceProvider");
  return here.place;
}

/** Chooses another store or till. */
export function useLeavePlace(): () => void {
  const here = useContext(Here);
  if (!here) throw new Error("useLeavePlace outside of PlaceProvider");
  return here.leave;
}
