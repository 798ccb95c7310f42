import "i18next";
import type { Texts } from "./texts/zh";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "ui";
    resources: { ui: Texts };
  }
}
