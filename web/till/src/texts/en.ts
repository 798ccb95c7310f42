import type { Texts } from "./zh";

export const en: Texts = {
  title: "Shuke till",
};
