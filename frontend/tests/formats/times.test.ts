import { expect, test } from "vitest";
import { countdownText, durationText, relativeText, secondText } from "../../src/formats/times";

const NOW = Date.parse("2026-11-30T12:00:00.000Z");
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

test.each([
  [0, "just now"],
  [44, "just now"],
  [-20, "just now"],
  [45, "1 min. ago"],
  [60, "1 min. ago"],
  [160, "3 min. ago"],
  [45 * 60, "1 hr. ago"],
  [3 * 3600, "3 hr. ago"],
  [20 * 3600, "yesterday"],
  [5 * 86_400, "5 days ago"],
  [-3 * 86_400, "in 3 days"],
  [30 * 86_400, "Oct 31, 2026"],
])("a moment %i seconds ago is %s", (seconds, text) => expect(relativeText(ago(seconds), NOW)).toBe(text));

test.each([
  [0, "0 ms"],
  [37.4, "37 ms"],
  [1400, "1.4 s"],
  [9960, "10 s"],
  [59_600, "1 min 0 s"],
  [125_000, "2 min 5 s"],
  [11_400_000, "3 h 10 min"],
])("%d milliseconds are %s", (milliseconds, text) => expect(durationText(milliseconds)).toBe(text));

test("the time of a day has seconds", () => {
  const inThisZone = new Date(2026, 10, 30, 9, 5, 7).toISOString();
  expect(secondText(inThisZone)).toBe("09:05:07");
});

test.each([
  [7, "0:07"],
  [750, "12:30"],
  [10_800, "3:00:00"],
])("%i seconds are left as %s", (seconds, text) => expect(countdownText(seconds)).toBe(text));
