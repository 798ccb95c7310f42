export * from "./format";
export * from "./i18n";
export * from "./problems";
export * from "./session";
export { en as uiEn } from "./texts/en";
export { type Texts as UiTexts, zh as uiZh } from "./texts/zh";
export * from "./theme";
