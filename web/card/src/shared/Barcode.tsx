import { code128 } from "./code128";

/** A barcode, always black on white. */
export function Barcode({ text, label }: { text: string; label: string }) {
  const widths = code128(text);
  if (!widths) return null;
  const quiet = 10;
  let at = quiet;
  const bars: string[] = [];
  widths.forEach((width, index) => {
    if (index % 2 === 0) bars.push(`M${at} 0h${width}v40h-${width}z`);
    at += width;
  });
  return (
    <svg
      className="barcode"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${at + quiet} 40`}
      preserveAspectRatio="none"
      shapeRendering="crispEdges"
    >
      <rect width={at + quiet} height="40" fill="#fff" />
      <path d={bars.join("")} fill="#000" />
    </svg>
  );
}
