import type { JobPage, JobStatus, JobSummary, JobTile } from "@darkroom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FeedEvent } from "../../src/live/feed";
import { Deferred } from "../deferred";

const requests = vi.hoisted(() => ({ get: vi.fn() }));
const feed = vi.hoisted(() => ({ tell: (_event: FeedEvent) => {} }));
vi.mock("../../src/session/api", () => ({ api: requests }));
vi.mock("../../src/live/live.svelte", () => ({
  live: { onEvent: (listener: (event: FeedEvent) => void) => (feed.tell = listener) },
}));

const { Jobs } = await import("../../src/jobs/jobs.svelte");
const { filtersOf, NO_FILTERS } = await import("../../src/jobs/filters");

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  requests.get.mockReset();
});

function tile(id: number, changes: Partial<JobTile> = {}): JobTile {
  return {
    job_id: `${id}`,
    status: "completed",
    filename: `${id}.png`,
    bytes: 10,
    thumbnail: { url: "/t", width: 4, height: 3 },
    progress: { done: 4, failed: 0, total: 4 },
    created_at: `2026-11-30T12:00:${id}.000Z`,
    updated_at: `2026-11-30T12:01:${id}.000Z`,
    completed_at: `2026-11-30T12:01:${id}.000Z`,
    ...changes,
  };
}

function job(id: number, status: JobStatus, updated = id): FeedEvent {
  const { bytes: _, thumbnail: __, ...shared } = tile(id, { status, updated_at: `2026-11-30T12:02:${updated}.000Z` });
  const open = status === "completed" ? {} : { completed_at: null, progress: { done: 0, failed: 0, total: 4 } };
  const cost = { cpu_ms: 0, bytes_read: 0, bytes_written: 0 };
  return { kind: "job", job: { ...shared, ...open, recipe: "web", preset: null, cost } as JobSummary };
}

function answers(...pages: [items: JobTile[], next_cursor: string | null][]) {
  for (const [items, next_cursor] of pages) requests.get.mockResolvedValueOnce({ items, next_cursor } as JobPage);
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const ids = (jobs: InstanceType<typeof Jobs>) => jobs.shown.map(({ job_id }) => job_id).join(" ");

async function opened(filters = NO_FILTERS, ...pages: [JobTile[], string | null][]) {
  answers(...pages);
  const jobs = new Jobs();
  jobs.open(filters);
  await settle();
  return jobs;
}

test("pages follow each other, and no job comes twice", async () => {
  const jobs = await opened(NO_FILTERS, [[tile(30), tile(29)], "c"]);
  answers([[tile(29), tile(28)], null]);
  jobs.loadMore();
  jobs.loadMore();
  await settle();
  expect(requests.get).toHaveBeenCalledTimes(2);
  expect(ids(jobs)).toBe("30 29 28");
  expect(jobs.hasMore).toBe(false);
});

test("new jobs come in at once, or wait while somebody reads further down", async () => {
  const jobs = await opened(NO_FILTERS, [[tile(30)], null]);
  feed.tell(job(31, "queued"));
  expect(ids(jobs)).toBe("31 30");
  jobs.holdsBack = () => true;
  feed.tell(job(32, "queued"));
  feed.tell(job(32, "processing", 40));
  expect(ids(jobs)).toBe("31 30");
  expect(jobs.waiting.map(({ status }) => status)).toEqual(["processing"]);
  jobs.release();
  expect(ids(jobs)).toBe("32 31 30");
});

test("a job leaves the list when it does not fit any more, and comes when it does", async () => {
  const jobs = await opened(filtersOf(new URLSearchParams("status=queued")), [[tile(30, { status: "queued" })], null]);
  feed.tell(job(30, "completed"));
  expect(ids(jobs)).toBe("");
  feed.tell(job(31, "queued"));
  expect(ids(jobs)).toBe("31");
});

test("a job that belongs below what is loaded does not come in", async () => {
  const jobs = await opened(NO_FILTERS, [[tile(30), tile(29)], "c"]);
  feed.tell(job(20, "queued"));
  expect(ids(jobs)).toBe("30 29");
});

test("reading the beginning again keeps what is below, and what came meanwhile", async () => {
  const jobs = await opened(NO_FILTERS, [[tile(30), tile(29)], "c"]);
  answers([[tile(28), tile(27)], "d"]);
  jobs.loadMore();
  await settle();
  const page = new Deferred<JobPage>();
  requests.get.mockReturnValueOnce(page.promise);
  feed.tell(job(31, "completed"));
  jobs.holdsBack = () => false;
  await vi.advanceTimersByTimeAsync(700);
  feed.tell(job(32, "queued"));
  page.resolve({ items: [tile(31), tile(30)], next_cursor: "b" });
  await settle();
  expect(ids(jobs)).toBe("32 31 30 29 28 27");
  expect(jobs.shown[1]?.thumbnail).not.toBeNull();
});

test("after a reset as many jobs are read as were shown, and those that are gone leave", async () => {
  const jobs = await opened(NO_FILTERS, [[tile(30), tile(29), tile(28)], null]);
  answers([[tile(30), tile(28)], null]);
  feed.tell({ kind: "reset" });
  await vi.advanceTimersByTimeAsync(700);
  expect(ids(jobs)).toBe("30 28");
});

test("deleted jobs leave, and those that are about to be come back if it is undone", async () => {
  const jobs = await opened(NO_FILTERS, [[tile(30), tile(29)], null]);
  feed.tell({ kind: "deleted", jobId: "29" });
  expect(ids(jobs)).toBe("30");
  const show = jobs.hide(["30"]);
  expect(ids(jobs)).toBe("");
  show();
  expect(ids(jobs)).toBe("30");
});

test("other filters load other jobs, and a failure leaves none of the former ones", async () => {
  const jobs = await opened(NO_FILTERS, [[tile(30)], null]);
  requests.get.mockRejectedValueOnce(new Error("away"));
  jobs.open(filtersOf(new URLSearchParams("filename=x")));
  expect(jobs.isOther).toBe(true);
  await settle();
  expect(jobs.list).toMatchObject({ data: undefined, error: new Error("away") });
});

test("empty pages are passed over, but not without end", async () => {
  answers(...Array.from({ length: 9 }, (_, index): [JobTile[], string] => [[], `${index}`]));
  const jobs = new Jobs();
  jobs.open(filtersOf(new URLSearchParams("filename=x")));
  await settle();
  expect(requests.get).toHaveBeenCalledTimes(8);
  expect(jobs).toMatchObject({ foundNone: true, hasMore: true });
});
