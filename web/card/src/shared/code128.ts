// Code 128 (ISO/IEC 15417): bars and spaces of a text, by their widths in modules.

/** Widths of bar, space, bar, space, bar, space of the values 0 to 105. */
const PATTERNS =
  "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232";
const STOP = "2331112";
const START_B = 104;
const START_C = 105;

function values(text: string): number[] {
  if (/^(\d\d)+$/.test(text)) return [START_C, ...(text.match(/\d\d/g) ?? []).map(Number)];
  return [START_B, ...Array.from(text, (letter) => letter.charCodeAt(0) - 32)];
}

/** The widths, a bar first; undefined where the text has letters that can't be written so. */
export function code128(text: string): number[] | undefined {
  if (text === "" || !/^[\x20-\x7e]+$/.test(text)) return undefined;
  const found = values(text);
  const check = found.reduce((sum, value, at) => sum + value * Math.max(at, 1), 0) % 103;
  const widths = [...found, check].map((value) => PATTERNS.slice(value * 6, value * 6 + 6)).join("") + STOP;
  return Array.from(widths, Number);
}
