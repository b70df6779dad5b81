import { expect, test } from "vitest";
import { byCaller, type Day, levelOf, niceTop, totalOf } from "../../../src/pages/usage/history";

function used(key: string, jobs: number) {
  return { key, jobs, bytes_in: jobs * 10, bytes_stored: jobs, cpu_ms: jobs * 2 };
}

function day(date: string, ...by_key: ReturnType<typeof used>[]): Day {
  const sum = (name: "jobs" | "bytes_in" | "bytes_stored" | "cpu_ms") =>
    by_key.reduce((all, each) => all + each[name], 0);
  return {
    day: date,
    jobs: sum("jobs"),
    bytes_in: sum("bytes_in"),
    bytes_stored: sum("bytes_stored"),
    cpu_ms: sum("cpu_ms"),
    by_key,
  };
}

const days = [day("2026-11-29", used("sessions", 2)), day("2026-11-30", used("dk_a", 5), used("sessions", 1))];

test("days are added up by caller, the largest first", () => {
  expect(byCaller(days)).toEqual([used("dk_a", 5), used("sessions", 3)]);
  expect(totalOf(days, "bytes_in")).toBe(80);
});

test.each([
  [0, 1],
  [1, 1],
  [3, 5],
  [6, 10],
  [120, 200],
  [98_000_000, 100_000_000],
])("a scale for %d ends at %d", (largest, top) => {
  expect(niceTop(largest)).toBe(top);
});

test("a limit is near from 80 % on", () => {
  expect([levelOf(79, 100), levelOf(80, 100), levelOf(100, 100), levelOf(0, 0)]).toEqual([
    "free",
    "near",
    "full",
    "full",
  ]);
});
