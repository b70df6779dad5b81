import { expect, test } from "vitest";
import { adviceFor, troubleOf } from "../../../src/pages/job/advice";
import { failedVariant, job, variant } from "./jobs";

test("a job that went well has no trouble", () => expect(troubleOf(job())).toBeNull());

test("a failed job has the API's message, a title and advice", () => {
  const failed = job({ status: "failed", error: { code: "truncated_image", message: "The file ends early." } });
  expect(troubleOf(failed)).toMatchObject({
    code: "truncated_image",
    title: "The file ends before the image does",
    message: "The file ends early.",
    remedy: "upload",
    tone: "bad",
  });
});

test("if all failed variants have the same fault, it is said once", () => {
  const partly = job({
    status: "partially_completed",
    variants: [variant("a"), failedVariant("b", "output_limit"), failedVariant("c", "output_limit")],
  });
  expect(troubleOf(partly)).toMatchObject({ code: "output_limit", remedy: "recipe", tone: "warn" });
});

test("different faults are counted, and said by each variant", () => {
  const partly = job({
    status: "partially_completed",
    retryable: true,
    progress: { done: 1, failed: 2, total: 3 },
    variants: [variant("a"), failedVariant("b", "output_limit"), failedVariant("c", "time_limit")],
  });
  expect(troubleOf(partly)).toMatchObject({ code: "", title: "2 of 3 variants failed", remedy: "retry" });
});

test("a variant on request that failed is no trouble of a completed job", () =>
  expect(troubleOf(job({ variants: [variant("a"), failedVariant("late", "image_error")] }))).toBeNull());

test("a job that was stopped says why, without alarm", () => {
  expect(troubleOf(job({ status: "expired" }))).toMatchObject({ tone: "quiet", title: "The image never came" });
  expect(troubleOf(job({ status: "cancelled" }))?.tone).toBe("quiet");
});

test("an unknown code still has advice", () => expect(adviceFor("new_code").remedy).toBe("retry"));
