import { ApiError, type Problem, Unreachable } from "@darkroom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UploadQueue } from "../../src/uploads/queue.svelte";
import type { Options, SentJob, Upload } from "../../src/uploads/upload.svelte";
import { Deferred } from "../deferred";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const OPTIONS: Options = { recipe: "web", metadata: {}, publish: null, keepOriginal: null, callbackUrl: "" };
const JOB: SentJob = { job_id: "1", status: "queued", progress: { done: 0, failed: 0, total: 8 }, updated_at: "1" };

class Try {
  readonly end = new Deferred<SentJob>();

  constructor(
    readonly upload: Upload,
    readonly signal: AbortSignal,
    readonly onProgress: (sent: number) => void,
  ) {
    signal.addEventListener("abort", () => this.end.reject(new DOMException("", "AbortError")));
  }
}

function started(count: number, faults: Record<string, string> = {}) {
  const tries: Try[] = [];
  const queue = new UploadQueue({
    check: async ({ name }) => faults[name] ?? "",
    send: (...given) => {
      const attempt = new Try(...given);
      tries.push(attempt);
      return attempt.end.promise;
    },
  });
  const files = Array.from({ length: count }, (_, index) => new File(["0123456789"], `${index}.png`));
  queue.add(files, OPTIONS);
  return { queue, tries };
}

/** Let promises that are settled take effect. */
const settle = () => vi.advanceTimersByTimeAsync(0);
const states = (queue: UploadQueue) => queue.uploads.map(({ state }) => state);

function refusal(code: string, status: number, retryAfter: number | null = null): ApiError {
  return new ApiError({ code, status, detail: code } as Problem, retryAfter);
}

test("three are sent at once, and the next one when one has ended", async () => {
  const { queue, tries } = started(5);
  await settle();
  expect(states(queue)).toEqual(["sending", "sending", "sending", "waiting", "waiting"]);
  tries[1]?.end.resolve(JOB);
  await settle();
  expect(states(queue)).toEqual(["sending", "sent", "sending", "sending", "waiting"]);
  expect(queue.uploads[1]?.job).toEqual(JOB);
});

test("a file with a fault is not sent", async () => {
  const { queue, tries } = started(2, { "0.png": "Too large." });
  await settle();
  expect(states(queue)).toEqual(["refused", "sending"]);
  expect(queue.uploads[0]?.fault).toBe("Too large.");
  expect(tries).toHaveLength(1);
});

test("a connection that breaks is tried again under the same key", async () => {
  const { queue, tries } = started(1);
  await settle();
  tries[0]?.end.reject(new Unreachable("cut"));
  await settle();
  expect(states(queue)).toEqual(["waiting"]);
  expect(queue.restsFor).toBeInstanceOf(Unreachable);
  await vi.advanceTimersByTimeAsync(1000);
  expect(states(queue)).toEqual(["sending"]);
  expect(tries[1]?.upload.key).toBe(tries[0]?.upload.key);
  tries[1]?.end.resolve(JOB);
  await settle();
  expect(states(queue)).toEqual(["sent"]);
});

test("the whole queue rests as long as the API asks for", async () => {
  const { queue, tries } = started(4);
  await settle();
  tries[0]?.end.reject(refusal("rate_limited", 429, 12));
  await settle();
  tries[1]?.end.resolve(JOB);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(states(queue)).toEqual(["waiting", "sent", "sending", "waiting"]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(states(queue)).toEqual(["sending", "sent", "sending", "sending"]);
});

test("a quota that is used up pauses the queue, until somebody resumes it", async () => {
  const { queue, tries } = started(4);
  await settle();
  tries[0]?.end.reject(refusal("quota_exceeded", 429, 3600));
  await settle();
  expect(states(queue)).toEqual(["failed", "sending", "sending", "waiting"]);
  expect(queue.isPaused).toBe(true);
  queue.retryAll();
  expect(queue.fault).toBeUndefined();
  expect(states(queue)).toEqual(["sending", "sending", "sending", "waiting"]);
});

test("a refusal that will not pass fails at once, and can be tried again", async () => {
  const { queue, tries } = started(1);
  await settle();
  tries[0]?.end.reject(refusal("invalid_recipe", 422));
  await settle();
  expect(states(queue)).toEqual(["failed"]);
  const [upload] = queue.uploads;
  if (upload) queue.retry(upload);
  expect(states(queue)).toEqual(["sending"]);
});

test("what fails again and again fails in the end", async () => {
  const { queue, tries } = started(1);
  for (let count = 0; count < 8; count += 1) {
    await vi.advanceTimersByTimeAsync(30_000);
    tries[count]?.end.reject(refusal("unavailable", 503));
  }
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tries).toHaveLength(8);
  expect(states(queue)).toEqual(["failed"]);
});

test("a paused queue begins nothing, and lets what is being sent end", async () => {
  const { queue, tries } = started(4);
  await settle();
  queue.pause();
  tries[0]?.end.resolve(JOB);
  await settle();
  expect(states(queue)).toEqual(["sent", "sending", "sending", "waiting"]);
  queue.resume();
  expect(states(queue)).toEqual(["sent", "sending", "sending", "sending"]);
});

test("a cancelled upload stops, and makes room for the next one", async () => {
  const { queue, tries } = started(4);
  await settle();
  const [upload] = queue.uploads;
  if (upload) queue.cancel(upload);
  await settle();
  expect(tries[0]?.signal.aborted).toBe(true);
  expect(states(queue)).toEqual(["cancelled", "sending", "sending", "sending"]);
  queue.cancelAll();
  await settle();
  expect(queue.isBusy).toBe(false);
  queue.clear();
  expect(queue.uploads).toEqual([]);
});

test("progress tells bytes and speed", async () => {
  const { queue, tries } = started(1);
  await settle();
  tries[0]?.onProgress(0);
  await vi.advanceTimersByTimeAsync(1000);
  tries[0]?.onProgress(5);
  const [upload] = queue.uploads;
  expect(upload).toMatchObject({ sent: 5, speed: 5, secondsLeft: 1 });
});
