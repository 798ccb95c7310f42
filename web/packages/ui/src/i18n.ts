import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "./format";
import { en } from "./texts/en";
import { zh } from "./texts/zh";

const KEPT = "shuke.language";

/** Chinese, unless another language was chosen here or the browser asks for one without Chinese. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "zh" || kept === "en") return kept;
  const asked = navigator.languages?.find((tag) => /^(zh|en)/i.test(tag));
  return asked?.toLowerCase().startsWith("en") ? "en" : "zh";
}

/**
 * Starts the texts of a face: its own as namespace `app`, those of all faces as `ui`.
 * `t("ui:do.save")`, `t("sell.total")`.
 */
export async function startTexts<T extends object>(app: Record<Language, T>): Promise<i18n> {
  await i18next.use(initReactI18next).init({
    lng: firstLanguage(),
    fallbackLng: "zh",
    defaultNS: "app",
    ns: ["app", "ui"],
    resources: { zh: { app: app.zh, ui: zh }, en: { app: app.en, ui: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = i18next.language === "zh" ? "zh-CN" : "en";
  return i18next;
}

export function language(): Language {
  return i18next.language === "en" ? "en" : "zh";
}

export async function switchLanguage(to: Language): Promise<void> {
  localStorage.setItem(KEPT, to);
  document.documentElement.lang = to === "zh" ? "zh-CN" : "en";
  await i18next.changeLanguage(to);
}
