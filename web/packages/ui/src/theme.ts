// One design language for all faces: warm red-orange accent (a merchant may choose its own), 8 px grid.

export type Mode = "light" | "dark";
export type ModeChoice = Mode | "system";

export const ACCENT = "#d4380d";
/** The accent as text: 4.5:1 on every ground of ours, that of a row under the pointer too. */
export const LINK: Record<Mode, string> = { light: "#c22f08", dark: "#ff8a5c" };
/** Told apart by colour-blind people, and by lightness in black and white (after Okabe and Ito's palette). */
export const PLOT_COLOURS = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#333333"];

const KEPT = "shuke.mode";

export function modeChoice(): ModeChoice {
  const kept = localStorage.getItem(KEPT);
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function keepMode(choice: ModeChoice): void {
  localStorage.setItem(KEPT, choice);
  applyMode();
}

export function mode(): Mode {
  const choice = modeChoice();
  if (choice !== "system") return choice;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Says the mode to the style sheets. */
export function applyMode(): Mode {
  const now = mode();
  document.documentElement.dataset.mode = now;
  document.documentElement.style.colorScheme = now;
  return now;
}
