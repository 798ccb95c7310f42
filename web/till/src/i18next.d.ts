import "i18next";
import type { UiTexts } from "@shuke/ui";
import type { Texts } from "./texts/zh";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "app";
    resources: { app: Texts; ui: UiTexts };
  }
}
