import { audit } from "./zh/audit";
import { benefits } from "./zh/benefits";
import { care } from "./zh/care";
import { enums } from "./zh/enums";
import { frame } from "./zh/frame";
import { goods } from "./zh/goods";
import { imports } from "./zh/imports";
import { insight } from "./zh/insight";
import { member } from "./zh/member";
import { running } from "./zh/running";
import { sales } from "./zh/sales";
import { settings } from "./zh/settings";
import { today } from "./zh/today";

export const zh = {
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

export type Texts = typeof zh;
