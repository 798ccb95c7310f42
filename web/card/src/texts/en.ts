import type { Texts } from "./zh";

export const en: Texts = {
  title: "Member card",
};
