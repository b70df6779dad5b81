import { expect, test } from "vitest";
import { GROUP_OPTIONS, groupOf, statusesOf } from "../../../src/pages/jobs/status-groups";

test("each group is known by its statuses, in any order", () => {
  for (const { value } of GROUP_OPTIONS) expect(groupOf(statusesOf(value).reverse())).toBe(value);
});

test("other statuses are no group", () => {
  expect(groupOf(["queued"])).toBeNull();
});
