/** Texts for moments and lengths of time. Moments come from the API as ISO texts. */

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric" });
const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });
const TIME = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

const SECOND = new Intl.DateTimeFormat("en", { timeStyle: "medium", hourCycle: "h23" });

const STEPS = [
  ["minute", 60],
  ["hour", 60],
  ["day", 24],
] as const;
/** Days after which the date says more than their number. */
const LONG_AGO_DAYS = 14;

/** Return how long ago a moment was, or how far it lies ahead: "just now", "2 min. ago", "in 3 days", "22 Nov 2026". */
export function relativeText(moment: string, now: number): string {
  let value = (Date.parse(moment) - now) / 1000;
  let unit: Intl.RelativeTimeFormatUnit = "second";
  if (Math.abs(value) < 45) return "just now";
  for (const [next, length] of STEPS) {
    if (Math.abs(value) < length * 0.75) break;
    value /= length;
    unit = next;
  }
  if (unit === "day" && Math.abs(value) > LONG_AGO_DAYS) return DAY.format(Date.parse(moment));
  return RELATIVE.format(Math.round(value), unit);
}

/** Return a moment with date and seconds, in the reader's zone. */
export function exactText(moment: string): string {
  return EXACT.format(Date.parse(moment));
}

/** Return the time of a day in the reader's zone: "14:05". */
export function timeText(moment: number): string {
  return TIME.format(moment);
}

/** Return the time of a day with seconds, in the reader's zone: "14:05:09". */
export function secondText(moment: string): string {
  return SECOND.format(Date.parse(moment));
}

/** Return a length of time: "37 ms", "1.4 s", "2 min 5 s", "3 h 10 min". */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds) % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Return the seconds that are left, as a countdown shows them: "0:07", "12:30", "3:00:00". */
export function countdownText(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const padded = (value: number) => String(value).padStart(2, "0");
  return hours ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`;
}
