import { expect, test } from "vitest";
import { stepsOf } from "../../../src/pages/job/timeline";
import { job } from "./jobs";

const shown = (...of: Parameters<typeof job>) =>
  stepsOf(job(...of)).map(({ title, state, lasted }) => [title, state, lasted]);

test("a completed job has four steps, with the time between them", () =>
  expect(shown()).toEqual([
    ["Uploaded", "done", null],
    ["Queued", "done", 100],
    ["Processing started", "done", 200],
    ["Completed", "done", 700],
  ]));

test("a job in progress says how far it is", () => {
  const open = { status: "processing", completed_at: null, progress: { done: 2, failed: 1, total: 8 } } as const;
  expect(shown(open).at(-1)).toEqual(["Completed", "ahead", null]);
  expect(stepsOf(job(open))[2]).toMatchObject({ title: "Processing", state: "current", detail: "3 of 8 variants" });
});

test("a job whose image has not come waits at its first step", () =>
  expect(shown({ status: "awaiting_upload", queued_at: null, started_at: null, completed_at: null })).toEqual([
    ["Upload announced", "current", null],
    ["Queued", "ahead", null],
    ["Processing started", "ahead", null],
    ["Completed", "ahead", null],
  ]));

test("a retry shows that earlier attempts failed, and no time across them", () => {
  const steps = shown({ attempt: 3, status: "failed" });
  expect(steps[1]).toEqual(["Attempts 1 to 2 ended with failures", "bad", null]);
  expect(steps[2]).toEqual(["Attempt 3 queued", "done", null]);
  expect(steps.at(-1)).toEqual(["Failed", "bad", 700]);
});

test("a job that was stopped leaves out what it never reached", () =>
  expect(shown({ status: "cancelled", queued_at: null, started_at: null }).map(([title]) => title)).toEqual([
    "Uploaded",
    "Cancelled",
  ]));

test("the report of an end may overtake that of the start", () =>
  expect(shown({ started_at: null }).map(([title]) => title)).toEqual(["Uploaded", "Queued", "Completed"]));

test("an import says from where", () => {
  const [first] = stepsOf(job({}, { imported_from: "images.example.com" }));
  expect(first).toMatchObject({ title: "Import requested", detail: "from images.example.com" });
});
