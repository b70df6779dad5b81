import type { JobSummary, JobTile } from "@darkroom/client";
import { expect, test } from "vitest";
import { withJob, withoutJob, withPage } from "../../src/jobs/merge";

function tile(job_id: string, updated: number, changes: Partial<JobTile> = {}): JobTile {
  return {
    job_id,
    status: "queued",
    filename: `${job_id}.png`,
    bytes: 10,
    thumbnail: null,
    progress: { done: 0, failed: 0, total: 4 },
    created_at: `2026-11-30T12:00:0${job_id}.000Z`,
    updated_at: `2026-11-30T12:01:0${updated}.000Z`,
    completed_at: null,
    ...changes,
  };
}

function summary(job_id: string, updated: number, changes: Partial<JobSummary> = {}): JobSummary {
  const { bytes: _, thumbnail: __, ...shared } = tile(job_id, updated);
  const cost = { cpu_ms: 0, bytes_read: 0, bytes_written: 0 };
  return { ...shared, recipe: "web", preset: null, cost, status: "completed", ...changes };
}

test("an event changes the job, and keeps what it does not say", () => {
  const [changed] = withJob([tile("2", 1), tile("1", 1)], summary("2", 2));
  expect(changed).toMatchObject({ job_id: "2", status: "completed", bytes: 10 });
});

test("an older event changes nothing", () => {
  const tiles = [tile("1", 3)];
  expect(withJob(tiles, summary("1", 2))).toBe(tiles);
});

test("the same event twice is the same list", () => {
  const once = withJob([tile("1", 1)], summary("1", 2));
  expect(withJob(once, summary("1", 2))).toEqual(once);
});

test("a new job comes where its time of creation belongs", () => {
  const tiles = [tile("5", 1), tile("3", 1)];
  const ids = (job: string) => withJob(tiles, summary(job, 2)).map(({ job_id }) => job_id);
  expect(ids("6")).toEqual(["6", "5", "3"]);
  expect(ids("4")).toEqual(["5", "4", "3"]);
  expect(ids("1")).toEqual(["5", "3", "1"]);
});

test("a page that was read before an event does not undo it", () => {
  const tiles = withJob([tile("1", 1)], summary("1", 3));
  const [merged] = withPage(tiles, [tile("1", 2, { bytes: 99 })]);
  expect(merged).toMatchObject({ status: "completed", bytes: 99 });
});

test("a deleted job is left out, and an unknown one changes nothing", () => {
  const tiles = [tile("1", 1)];
  expect(withoutJob(tiles, "1")).toEqual([]);
  expect(withoutJob(tiles, "2")).toBe(tiles);
});
