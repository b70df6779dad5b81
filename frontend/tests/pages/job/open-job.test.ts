import { ApiError, type Problem } from "@darkroom/client";
import { beforeEach, expect, test, vi } from "vitest";
import { job } from "./jobs";

const api = { get: vi.fn(), ask: vi.fn(), post: vi.fn(), put: vi.fn(), delete: vi.fn() };
const router = { open: vi.fn() };
const deleteLater = vi.fn();
vi.mock("../../../src/session/api", () => ({ api }));
vi.mock("../../../src/routing/router.svelte", () => ({ router }));
vi.mock("../../../src/jobs/bulk", () => ({ deleteLater }));
const { OpenJob } = await import("../../../src/pages/job/open-job.svelte");
const { toasts } = await import("../../../src/stores/toasts.svelte");

const refusal = (status: number) => new ApiError({ status, code: "x", detail: "No." } as Problem, null);
const settled = () => new Promise((resolve) => setTimeout(resolve));

async function opened() {
  const open = new OpenJob("01a2");
  await settled();
  return open;
}

beforeEach(() => {
  vi.resetAllMocks();
  toasts.shown = [];
  api.get.mockImplementation(async (_path, { query }) =>
    job({ status: "failed", ...(query.include ? { recipe_document: { variants: [] } } : {}) }),
  );
});

test("the recipe is asked for once, and stays", async () => {
  const open = await opened();
  await open.resource.load();
  expect(api.get.mock.calls.map(([, { query }]) => query)).toEqual([{ include: "recipe" }, {}]);
  expect(open.job?.recipe_document).toEqual({ variants: [] });
});

test("a job that nobody has is gone, and so is one that the feed says was deleted", async () => {
  const open = await opened();
  expect(open.isGone).toBe(false);
  open.heard({ kind: "deleted", jobId: "01a3" });
  expect(open.isGone).toBe(false);
  open.heard({ kind: "deleted", jobId: "01a2" });
  expect(open.isGone).toBe(true);
  api.get.mockRejectedValue(refusal(404));
  expect((await opened()).isGone).toBe(true);
});

test("an error that will pass leaves the job where it is", async () => {
  const open = await opened();
  api.get.mockRejectedValue(refusal(503));
  await open.resource.load();
  expect(open).toMatchObject({ isGone: false, job: { job_id: "01a2" } });
  expect(open.resource.isStale).toBe(true);
});

test("events of this job lead to one load, those of others to none", async () => {
  const open = await opened();
  vi.useFakeTimers();
  open.heard({ kind: "job", job: { job_id: "01a3" } as never });
  open.heard({ kind: "job", job: { job_id: "01a2" } as never });
  open.heard({ kind: "reset" });
  vi.advanceTimersByTime(300);
  vi.useRealTimers();
  expect(api.get).toHaveBeenCalledTimes(2);
});

test("a change is sent, and the job is loaded again", async () => {
  const open = await opened();
  const sending = open.publish();
  expect(open.changing).toBe("publish");
  await sending;
  expect(api.put).toHaveBeenCalledWith("/jobs/{job_id}/published", { path: { job_id: "01a2" } });
  expect(api.get).toHaveBeenCalledTimes(2);
  expect(open.changing).toBeUndefined();
});

test("a refused change says why", async () => {
  const open = await opened();
  api.post.mockRejectedValue(refusal(429));
  await open.retry();
  expect(toasts.shown[0]).toMatchObject({ text: "No.", kind: "bad" });
  expect(open.changing).toBeUndefined();
});

test("a variant on request is made by asking for its link", async () => {
  const open = await opened();
  await open.make("square");
  expect(api.ask).toHaveBeenCalledWith("get", "/jobs/{job_id}/variants/{name}", {
    path: { job_id: "01a2", name: "square" },
    isLinkEnough: true,
  });
});

test("only a refusal for good says that the original is gone", async () => {
  const open = await opened();
  expect(await open.isOriginalGone()).toBe(false);
  api.ask.mockRejectedValueOnce(refusal(503));
  expect(await open.isOriginalGone()).toBe(false);
  api.ask.mockRejectedValueOnce(refusal(410));
  expect(await open.isOriginalGone()).toBe(true);
});

test("a deletion can be undone for a while, and leads to the gallery", async () => {
  const open = await opened();
  await open.remove(job());
  expect(deleteLater).toHaveBeenCalledExactlyOnceWith([
    { job_id: "01a2", filename: "camera.jpg", status: "completed" },
  ]);
  expect(router.open).toHaveBeenCalledWith("/");
});
