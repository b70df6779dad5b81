import { expect, test } from "vitest";
import { isOpen, mayPublish } from "../../../src/pages/job/statuses";
import { job } from "./jobs";

test("only what has results or may get some can be published", () => {
  expect(isOpen("queued")).toBe(true);
  expect(mayPublish(job({ status: "processing" }))).toBe(true);
  expect(mayPublish(job({ status: "partially_completed" }))).toBe(true);
  expect(mayPublish(job({ status: "failed" }))).toBe(false);
  expect(mayPublish(job({ status: "cancelled" }))).toBe(false);
  expect(mayPublish(job({ variants: [] }))).toBe(false);
});
