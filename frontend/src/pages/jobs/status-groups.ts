/** The choices of status that are always seen. The panel of filters has each status by itself. */

import type { JobStatus } from "@darkroom/client";
import { OPEN } from "../../jobs/filters";

const GROUPS = {
  all: [],
  open: OPEN,
  completed: ["completed"],
  failed: ["partially_completed", "failed"],
} as const satisfies Record<string, readonly JobStatus[]>;

export type Group = keyof typeof GROUPS;

export const GROUP_OPTIONS: readonly { value: Group; label: string }[] = [
  { value: "all", label: "All" },
  { value: "open", label: "Open" },
  { value: "completed", label: "Completed" },
  { value: "failed", label: "Failed" },
];

/** Return the group that has just these statuses, or null. */
export function groupOf(statuses: readonly JobStatus[]): Group | null {
  const given = [...statuses].sort().join();
  return GROUP_OPTIONS.map(({ value }) => value).find((name) => [...GROUPS[name]].sort().join() === given) ?? null;
}

export function statusesOf(group: Group): JobStatus[] {
  return [...GROUPS[group]];
}
