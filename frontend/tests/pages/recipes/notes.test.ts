import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check } from "../../../src/pages/recipes/editor/check";
import { specOf } from "../../../src/pages/recipes/editor/fields";
import { formOf } from "../../../src/pages/recipes/editor/form";
import { faultsOf, notesAt, notesOn, warningsOf } from "../../../src/pages/recipes/editor/notes";
import type { RecipeDocument } from "../../../src/pages/recipes/recipe";

const spec = specOf(JSON.parse(readFileSync(new URL("../../../../docs/recipe.schema.json", import.meta.url), "utf8")));

const recipe: RecipeDocument = {
  variants: [
    { name: "large", operations: [{ op: "sharpen" }, { op: "resize", width: 9 }, { op: "pad", top: 1 }] },
    {
      name: "logo",
      operations: [
        { op: "rotate", angle: 5 },
        { op: "watermark", image: { job_id: "a", variant: "b" } },
      ],
    },
  ],
};

function pointerOf(code: string, message: string, variant: string | null = "large"): string | undefined {
  return warningsOf([{ code, message, fatal: false, variant }], recipe)[0]?.pointer;
}

test.each([
  ["not_enlarged", "The image is not enlarged from 1 × 1 to 9 × 9 pixels.", "/variants/0/operations/1/enlarge"],
  [
    "transparency_lost",
    "Transparent parts become #fff: pad puts the image on it.",
    "/variants/0/operations/2/background",
  ],
  ["transparency_lost", "Transparent parts become white: jpeg has no transparency.", "/variants/0/output/format"],
  ["first_frame_only", "Only the first of the 5 frames is kept.", "/variants/0/output/frames"],
  ["time_limit", "About 30 s of CPU time.", "/variants/0"],
])("the warning %s is beside what could prevent it: %s", (code, message, pointer) => {
  expect(pointerOf(code, message)).toBe(pointer);
});

test("a warning belongs to its variant, and one without a variant to the recipe", () => {
  expect(pointerOf("overlay_missing", "The image does not exist.", "logo")).toBe("/variants/1/operations/1/image");
  expect(pointerOf("output_limit", "A rotation makes the image large.", "logo")).toBe("/variants/1/operations/0/angle");
  expect(pointerOf("large_results", "About 90 MB.", null)).toBe("");
});

test("a fatal warning is a fault", () => {
  const [note] = warningsOf([{ code: "x", message: "`a` is b.", fatal: true, variant: null }], recipe);
  expect(note).toEqual({ pointer: "", message: "a is b.", kind: "fault" });
});

test("a fault in a value is shown beside its field, and not on the operation", () => {
  const errors = [{ pointer: "/variants/0/operations/1/position/x", message: "Too large" }];
  const notes = faultsOf({ errors } as Parameters<typeof faultsOf>[0]);
  expect(notesAt(notes, "/variants/0/operations/1/position")).toHaveLength(1);
  expect(notesAt(notes, "/variants/0/operations/1")).toHaveLength(1);
  expect(notesOn(notes, "/variants/0/operations/1")).toHaveLength(0);
  expect(notesAt(notes, "/variants/0/operations/10")).toHaveLength(0);
});

test("values outside the schema are faults at once", () => {
  const form = formOf(spec, {
    variants: [
      {
        name: "Not a name",
        operations: [
          { op: "resize", width: 0, height: 9000, background: "red" },
          { op: "crop", width: 0, height: 0.5, unit: "fraction" },
          { op: "rotate" },
          { op: "trim", threshold: 1.5 },
        ],
        output: { quality: 101 },
      },
    ],
  });
  expect(check(spec, form).map(({ pointer }) => pointer)).toEqual([
    "/variants/0/name",
    "/variants/0/operations/0/width",
    "/variants/0/operations/0/height",
    "/variants/0/operations/0/background",
    "/variants/0/operations/1/width",
    "/variants/0/operations/2/angle",
    "/variants/0/operations/3/threshold",
    "/variants/0/output/quality",
  ]);
});
