// The receipt of a sale that the server does not have yet: a page of its own, made here. Pure.

export interface Slip {
  title: string;
  store: string;
  /** Lines under the store's name: till, moment, who sold, the member. */
  head: string[];
  lines: { name: string; pieces: string; net: string }[];
  /** Total, payments, change: what is said left, and the amount right. */
  sums: [string, string][];
  foot: string;
}

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[char] ?? char);

const STYLE =
  "body{margin:0 auto;padding:1em;max-width:32ch;font:14px/1.5 ui-monospace,monospace;color:#000;background:#fff}" +
  "p{margin:0;overflow-wrap:anywhere}.m{text-align:center}.s{display:flex;justify-content:space-between;gap:1em}" +
  "h1{margin:0;font-size:1.4em;text-align:center}hr{border:0;border-top:1px dashed}" +
  "@media print{@page{margin:0}body{width:48mm;max-width:none;margin:0;padding:2mm 4mm;font-size:2.5mm}}";

export function slipPage(slip: Slip): string {
  const sides = (left: string, right: string) =>
    `<p class="s"><span>${escaped(left)}</span><span>${escaped(right)}</span></p>`;
  return [
    `<!doctype html><html><head><meta charset="utf-8"><title>${escaped(slip.title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escaped(slip.store)}</h1><p class="m">${escaped(slip.title)}</p>`,
    ...slip.head.filter(Boolean).map((line) => `<p>${escaped(line)}</p>`),
    "<hr>",
    ...slip.lines.map((line) => `<p>${escaped(line.name)}</p>${sides(`× ${line.pieces}`, line.net)}`),
    "<hr>",
    ...slip.sums.map(([left, right]) => sides(left, right)),
    `<hr><p class="m">${escaped(slip.foot)}</p></body></html>`,
  ].join("");
}
