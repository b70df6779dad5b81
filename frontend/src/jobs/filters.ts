/** Which jobs the list shows. Addresses of pages and requests to the API say it by the same names. */

import type { JobStatus, JobSummary } from "@darkroom/client";

export interface Filters {
  /** Statuses, of which a job has one. Empty for all. */
  status: readonly JobStatus[];
  /** Name of a preset, or `custom`. Empty for all, as below. */
  preset: string;
  /** What the file name begins with. */
  filename: string;
  /** Dates or moments: created then or later, and before. A date begins at 00:00 UTC. */
  created_after: string;
  created_before: string;
  metadata: Readonly<Record<string, string>>;
}

export const NO_FILTERS: Filters = {
  status: [],
  preset: "",
  filename: "",
  created_after: "",
  created_before: "",
  metadata: {},
};

/** Statuses in which a job still runs or waits. */
export const OPEN: readonly JobStatus[] = ["awaiting_upload", "queued", "processing"];
const ENDED: readonly JobStatus[] = ["completed", "partially_completed", "failed", "cancelled", "expired"];
export const STATUSES: readonly JobStatus[] = [...OPEN, ...ENDED];

const TEXTS = ["preset", "filename", "created_after", "created_before"] as const;
const METADATA = "metadata.";

/** Return the filters of an address. What it says that is no filter, or no status, is left out. */
export function filtersOf(query: URLSearchParams): Filters {
  const text = (name: string) => query.get(name)?.trim() ?? "";
  const [preset, filename, created_after, created_before] = TEXTS.map(text) as [string, string, string, string];
  const given = new Set(query.getAll("status"));
  const metadata = [...query].filter(([name]) => name.startsWith(METADATA) && name.length > METADATA.length);
  return {
    preset,
    filename,
    created_after,
    created_before,
    status: STATUSES.filter((status) => given.has(status)),
    metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice(METADATA.length), value])),
  };
}

/** Return the filters as parameters of `GET /jobs`, without those that are empty. */
export function queryOf(filters: Filters) {
  const { status, metadata } = filters;
  const texts = TEXTS.filter((name) => filters[name]).map((name) => [name, filters[name]]);
  const values = Object.entries(metadata).map(([key, value]) => [METADATA + key, value]);
  return Object.fromEntries([...(status.length ? [["status", [...status]]] : []), ...texts, ...values]) as {
    status?: JobStatus[];
    filename?: string;
  };
}

/** Return a text that is the same for equal filters. */
export function keyOf(filters: Filters): string {
  return JSON.stringify(queryOf(filters));
}

/** Return how many filters there are, apart from the file name and the statuses. */
export function detailsIn({ preset, created_after, created_before, metadata }: Filters): number {
  return [preset, created_after, created_before].filter(Boolean).length + Object.keys(metadata).length;
}

/** Whether a job fits, as far as an event tells: events have no metadata, so those are not compared. */
export function fits(filters: Filters, job: JobSummary): boolean {
  const created = Date.parse(job.created_at);
  return (
    hasStatus(filters, job.status) &&
    (!filters.preset || job.recipe === filters.preset) &&
    job.filename.startsWith(filters.filename) &&
    !(created < Date.parse(filters.created_after)) &&
    !(created >= Date.parse(filters.created_before))
  );
}

export function hasStatus({ status }: Filters, of: JobStatus): boolean {
  return status.length === 0 || status.includes(of);
}
