import { expect, test } from "vitest";
import { cameraFactsOf, factsOf, privacyOf } from "../../../src/pages/job/source";
import { job } from "./jobs";

const fact = (name: string, source: Parameters<typeof job>[1]) =>
  factsOf(job({}, source)).find(([other]) => other === name)?.[1];

test("facts are those that say something", () => {
  expect(fact("Size", {})).toBe("640 × 480, 0.3 MP");
  expect(fact("Frames", { frames: 1 })).toBeNull();
  expect(fact("Frames", { frames: 1200 })).toBe("1,200");
  expect(fact("Orientation", { orientation: 6 })).toBe("6, results are upright");
  expect(fact("Profile", { icc_profile: null })).toBe("none");
  expect(fact("Profile", { format: null })).toBeNull();
});

test("what the camera wrote has the names of EXIF", () =>
  expect(cameraFactsOf(job({}, { exif: { Make: "Canon", FNumber: 7.1 } }))).toEqual([
    ["Make", "Canon"],
    ["FNumber", "7.1"],
  ]));

test("a position is not passed on, unless the recipe keeps all metadata", () => {
  expect(privacyOf(job({}, { has_gps: true }))).toMatchObject({ tone: "ok" });
  const document = {
    variants: [
      { name: "card", output: { keep_metadata: "all" } },
      { name: "b", output: {} },
    ],
  };
  expect(privacyOf(job({ recipe_document: document }, { has_gps: true }))).toMatchObject({
    tone: "warn",
    text: expect.stringContaining("metadata in card:"),
  });
});

test("no position is said to be none, and an image that nobody has read says nothing", () => {
  expect(privacyOf(job({}, { has_gps: false }))?.title).toBe("No position");
  expect(privacyOf(job({}, { has_gps: null }))).toBeNull();
});
