/** Adds up what was used, and scales it for the chart. */

import type { components } from "@darkroom/client";

export type Day = components["schemas"]["DayBody"];
export type Measure = "jobs" | "bytes_in" | "bytes_stored" | "cpu_ms";

export interface Used {
  key: string;
  jobs: number;
  bytes_in: number;
  bytes_stored: number;
  cpu_ms: number;
}

/** Return what each caller used on all days, the largest number of jobs first. */
export function byCaller(days: readonly Day[]): Used[] {
  const sums = new Map<string, Used>();
  for (const used of days.flatMap(({ by_key }) => by_key)) {
    const sum = sums.get(used.key) ?? { key: used.key, jobs: 0, bytes_in: 0, bytes_stored: 0, cpu_ms: 0 };
    sum.jobs += used.jobs;
    sum.bytes_in += used.bytes_in;
    sum.bytes_stored += used.bytes_stored;
    sum.cpu_ms += used.cpu_ms;
    sums.set(used.key, sum);
  }
  return [...sums.values()].sort((one, other) => other.jobs - one.jobs || other.cpu_ms - one.cpu_ms);
}

export function totalOf(days: readonly Day[], measure: Measure): number {
  return days.reduce((sum, day) => sum + day[measure], 0);
}

/** Return the end of a scale that a largest value fits: 1, 2 or 5 with zeros. */
export function niceTop(largest: number): number {
  if (largest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= largest) ?? largest;
}

/** Return how near a limit is: from 80 % on it is near. */
export function levelOf(used: number, limit: number): "free" | "near" | "full" {
  if (used >= limit) return "full";
  return used >= limit * 0.8 ? "near" : "free";
}
