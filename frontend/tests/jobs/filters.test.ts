import type { JobSummary } from "@darkroom/client";
import { expect, test } from "vitest";
import { detailsIn, filtersOf, fits, keyOf, NO_FILTERS, queryOf } from "../../src/jobs/filters";

const of = (query: string) => filtersOf(new URLSearchParams(query));
const JOB = {
  status: "failed",
  recipe: "web",
  filename: "summer.jpg",
  created_at: "2026-11-30T12:00:00.000Z",
} as JobSummary;

test("filters of an address are those of a request", () => {
  const filters = of("status=queued&status=nonsense&status=failed&filename=su&metadata.album=holidays&view=table");
  expect(queryOf(filters)).toEqual({ status: ["queued", "failed"], filename: "su", "metadata.album": "holidays" });
  expect(detailsIn(filters)).toBe(1);
});

test("an address without filters has none", () => {
  expect(keyOf(of("view=table&filename="))).toBe(keyOf(NO_FILTERS));
  expect(queryOf(NO_FILTERS)).toEqual({});
});

test("the order of statuses in the address does not matter", () => {
  expect(keyOf(of("status=failed&status=queued"))).toBe(keyOf(of("status=queued&status=failed")));
});

test("events are compared with all filters that they tell of", () => {
  for (const query of ["", "status=failed", "preset=web", "filename=su", "created_after=2026-11-30", "metadata.a=b"])
    expect(fits(of(query), JOB), query).toBe(true);
  for (const query of [
    "status=queued",
    "preset=card",
    "filename=Su",
    "created_after=2026-12-01",
    "created_before=2026-11-30",
  ])
    expect(fits(of(query), JOB), query).toBe(false);
});
