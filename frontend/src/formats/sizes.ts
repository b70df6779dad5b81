/** Texts for bytes, pixels and counts. */

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;
const COUNT = new Intl.NumberFormat("en");

/** Return bytes with three digits, in units of 1000: "722 kB", "2.08 kB", "63.4 kB". */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What would be shown as 1000 belongs to the next unit.
  while (unit < UNITS.length - 1 && value >= 999.5) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.max(value, 1))));
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** Return a count with separators: "10,000". */
export function countText(count: number): string {
  return COUNT.format(count);
}

/** Return a count with its noun: "1 job", "2,000 jobs". `plural` is for nouns that do not end in s. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : plural}`;
}

/** Return a size in pixels: "640 × 480". */
export function pixelsText(width: number, height: number): string {
  return `${width} × ${height}`;
}

/** Return how much smaller a result is than its original: "−84 %", at most "−99 %", or "+12 %" for a larger one. */
export function savedText(bytes: number, original: number): string {
  // What is there is never 100 % smaller.
  const percent = Math.max(-99, Math.round((bytes / original - 1) * 100));
  return `${percent > 0 ? "+" : percent < 0 ? "−" : ""}${Math.abs(percent)} %`;
}
