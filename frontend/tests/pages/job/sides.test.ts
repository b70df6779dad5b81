import { expect, test, vi } from "vitest";
import { failedVariant, job, NOW, variant } from "./jobs";

vi.mock("../../../src/session/api", async () => {
  const { Client } = await import("@darkroom/client");
  return { api: new Client() };
});
const { ORIGINAL, originalRefusal, pairOf, sidesOf } = await import("../../../src/pages/job/sides");

const VARIANTS = [
  variant("small"),
  variant("large", { width: 640, height: 480 }),
  variant("print", { content_type: "image/tiff" }),
  variant("later", { status: "on_request", bytes: null }),
  failedVariant("broken", "image_error"),
];

test("sides are the original, and the results that browsers show", () =>
  expect(sidesOf(job({ variants: VARIANTS }), NOW).map(({ id }) => id)).toEqual([ORIGINAL, "small", "large"]));

test("their addresses lead to fresh links", () =>
  expect(sidesOf(job(), NOW).map(({ src }) => src)).toEqual(["/jobs/01a2/original", "/jobs/01a2/variants/card"]));

test("the original is compared with the largest result", () => {
  const pair = pairOf(sidesOf(job({ variants: VARIANTS }), NOW), null, null);
  expect([pair?.left.id, pair?.right?.id]).toEqual([ORIGINAL, "large"]);
});

test("the address chooses the sides, if there are such", () => {
  const sides = sidesOf(job({ variants: VARIANTS }), NOW);
  const ids = (left: string | null, right: string | null) => {
    const pair = pairOf(sides, left, right);
    return [pair?.left.id, pair?.right?.id];
  };
  expect(ids("large", "small")).toEqual(["large", "small"]);
  expect(ids("small", ORIGINAL)).toEqual(["small", ORIGINAL]);
  expect(ids("gone", "small")).toEqual([ORIGINAL, "small"]);
  expect(ids(null, ORIGINAL)).toEqual(["large", ORIGINAL]);
});

test("without the original, results are compared with each other", () => {
  const expired = job({
    variants: VARIANTS,
    original: { url: "", bytes: 1, kept: false, expires_at: "2026-11-30T11:59:59.000Z" },
  });
  const pair = pairOf(sidesOf(expired, NOW), null, null);
  expect([pair?.left.id, pair?.right?.id]).toEqual(["large", "small"]);
  expect(originalRefusal(expired, NOW)).toMatch("has expired");
});

test("the same on both sides is one image", () => {
  const pair = pairOf(sidesOf(job(), NOW), "card", "card");
  expect([pair?.left.id, pair?.right]).toEqual(["card", null]);
});

test("an original that could not be loaded is left out", () =>
  expect(sidesOf(job(), NOW, true).map(({ id }) => id)).toEqual(["card"]));

test("one image alone has nothing to be compared with", () => {
  expect(pairOf(sidesOf(job({ variants: [] }), NOW), null, null)?.right).toBeNull();
  expect(pairOf(sidesOf(job({ variants: [], original: null }), NOW), null, null)).toBeNull();
});

test("an original that has not come is told from one that is gone", () => {
  expect(originalRefusal(job({ original: null, status: "awaiting_upload" }), NOW)).toMatch("not arrived");
  expect(originalRefusal(job({ original: null }), NOW)).toMatch("no original");
  expect(originalRefusal(job(), NOW)).toBe("");
});
