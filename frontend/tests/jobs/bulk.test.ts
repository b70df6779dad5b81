import { expect, test, vi } from "vitest";

vi.mock("../../src/session/api", () => ({ api: {} }));
vi.mock("../../src/live/live.svelte", () => ({ live: { onEvent: () => () => {} } }));
const { deletionOf, summaryOf } = await import("../../src/jobs/bulk");

const outcome = (ok: boolean, detail: string | null = null) => ({
  job_id: "1",
  ok,
  code: ok ? null : "conflict",
  detail,
});
const tile = (filename: string, status: "queued" | "completed") => ({ job_id: filename, filename, status });

test("outcomes are summed up, with the first reason", () => {
  expect(summaryOf("retry", [outcome(true), outcome(true)])).toEqual({ text: "Retried 2 jobs.", kind: "ok" });
  const mixed = [outcome(true), outcome(false, "No variant has failed."), outcome(false, "The original is gone.")];
  expect(summaryOf("retry", mixed)).toEqual({
    text: "Retried 1 job. 2 jobs could not be retried: No variant has failed. (and 1 other reason)",
    kind: "bad",
  });
});

test("a deletion says what it cancels", () => {
  expect(deletionOf([tile("a.png", "completed")])).toBe("Deleted a.png");
  expect(deletionOf([tile("a.png", "queued")])).toBe("Cancelled a.png");
  expect(deletionOf([tile("a", "completed"), tile("b", "completed"), tile("c", "queued")])).toBe(
    "Deleted 2 jobs, cancelled 1 job",
  );
});
