// One sentence per error code of the server (docs/guide/errors.md), split by first letters;
// `texts/texts.test.ts` finds those that are missing.
import { a_c } from "./zh/a-c";
import { d_l } from "./zh/d-l";
import { m_o } from "./zh/m-o";
import { p_r } from "./zh/p-r";
import { s_z } from "./zh/s-z";

export const sentences: Record<string, string> = { ...a_c, ...d_l, ...m_o, ...p_r, ...s_z };
