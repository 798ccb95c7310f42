import { benefits } from "./zh/benefits";
import { enums } from "./zh/enums";
import { frame } from "./zh/frame";
import { goods } from "./zh/goods";
import { member } from "./zh/member";
import { sales } from "./zh/sales";
import { settings } from "./zh/settings";

export const zh = { ...frame, enum: enums, member, goods, sales, benefits, settings };

export type Texts = typeof zh;
