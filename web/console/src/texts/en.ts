import { audit } from "./en/audit";
import { benefits } from "./en/benefits";
import { care } from "./en/care";
import { enums } from "./en/enums";
import { frame } from "./en/frame";
import { goods } from "./en/goods";
import { imports } from "./en/imports";
import { insight } from "./en/insight";
import { member } from "./en/member";
import { running } from "./en/running";
import { sales } from "./en/sales";
import { settings } from "./en/settings";
import { today } from "./en/today";
import type { Texts } from "./zh";

export const en: Texts = {
  ...frame,
  enum: enums,
  audit,
  member,
  care,
  imports,
  goods,
  sales,
  benefits,
  settings,
  today,
  running,
  insight,
};
