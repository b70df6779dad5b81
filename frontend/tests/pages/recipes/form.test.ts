import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { specOf } from "../../../src/pages/recipes/editor/fields";
import {
  formOf,
  operationForm,
  operationOf,
  recipeOf,
  Unknown,
  variantForm,
  variantOf,
} from "../../../src/pages/recipes/editor/form";
import { STARTS } from "../../../src/pages/recipes/editor/labels";
import type { RecipeSchema } from "../../../src/pages/recipes/editor/schema";
import type { OperationDocument, RecipeDocument } from "../../../src/pages/recipes/recipe";

const ROOT = new URL("../../../../", import.meta.url);

function read<Content>(path: string): Content {
  return JSON.parse(readFileSync(new URL(path, ROOT), "utf8")) as Content;
}

const spec = specOf(read<RecipeSchema>("docs/recipe.schema.json"));
const presets = read<Record<string, RecipeDocument>>("services/shared/darkroom/recipes/presets.json");
/** Every JSON document in the page about recipes that is an operation, an output or a recipe. */
const examples = [...readFileSync(new URL("docs/recipes.md", ROOT), "utf8").matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, text]) => JSON.parse(text ?? "") as Record<string, unknown>,
);

describe.each(Object.entries(presets))("the preset %s", (_name, preset) => {
  test("comes out of the form as it went in", () => {
    // Without operations, the field is left out: that means the same.
    const expected = structuredClone(preset);
    for (const variant of expected.variants) if (variant.operations?.length === 0) delete variant.operations;
    expect(recipeOf(spec, formOf(spec, preset))).toEqual(expected);
  });
});

test("the schema has all operations that the docs describe", () => {
  const documented = examples.flatMap(({ op }) => (typeof op === "string" ? [op] : []));
  expect(documented.length).toBeGreaterThan(10);
  expect([...spec.operations.keys()]).toEqual(expect.arrayContaining(documented));
});

test.each(examples.filter(({ op }) => op).map((each) => [String(each.op), each]))(
  "the documented example of %s comes out of the form as it went in",
  (_op, example) => {
    const document = example as OperationDocument;
    expect(operationOf(spec, operationForm(spec, document))).toEqual(document);
  },
);

describe.each([...spec.operations.values()])("the operation $op", ({ op, fields }) => {
  test("keeps each value that its fields can have", () => {
    for (const field of fields) {
      const values = field.range
        ? [field.range.minimum, field.range.maximum]
        : field.kind === "switch"
          ? [true, false]
          : field.choices.length > 0
            ? field.choices
            : ["#336699"];
      for (const value of values) {
        const document = { op, [field.name]: value };
        expect(operationOf(spec, operationForm(spec, document))).toEqual(document);
      }
    }
  });

  test("has a value in the form for every field, and leaves defaults out of the document", () => {
    const form = operationForm(spec, { op });
    expect(Object.keys(form.values)).toEqual(fields.map(({ name }) => name));
    expect(operationOf(spec, form)).toEqual({ op });
  });

  test("begins with fields that it has", () => {
    const start = { op, ...STARTS[op] };
    expect(operationOf(spec, operationForm(spec, start))).toEqual(start);
  });

  test("says what it and each of its fields mean", () => {
    expect(spec.operations.get(op)?.summary).toMatch(/^[A-Z].*\.$/);
    for (const field of fields) expect(field.hint).toMatch(/\.$/);
  });
});

test("points and images of watermarks are values of their own", () => {
  const resize = { op: "resize", width: 10, position: { x: 0.25, y: 1 } };
  expect(operationOf(spec, operationForm(spec, resize))).toEqual(resize);
  const watermark = { op: "watermark", image: { job_id: "01a20225-0000-7000-8000-000000000000", variant: "logo" } };
  expect(operationOf(spec, operationForm(spec, watermark))).toEqual(watermark);
});

test("a watermark offers no position that depends on the image", () => {
  const choices = spec.operations.get("watermark")?.fields.find(({ name }) => name === "position")?.choices;
  expect(choices).toHaveLength(9);
});

test("every field of the output keeps its values", () => {
  const output = {
    format: "avif",
    quality: 61,
    lossless: true,
    effort: 9,
    progressive: true,
    subsampling: "4:2:2",
    colors: 16,
    max_bytes: 90_000,
    keep_metadata: "icc",
    frames: "all",
  };
  expect(Object.keys(output)).toEqual(spec.output.map(({ name }) => name));
  const document = { name: "a", folder: "a/b", output, when: "requested" };
  expect(variantOf(spec, variantForm(spec, document))).toEqual(document);
});

test("an emptied field is left out", () => {
  const form = operationForm(spec, { op: "resize", width: 10, height: 20 });
  form.values.width = null;
  expect(operationOf(spec, form)).toEqual({ op: "resize", height: 20 });
});

test("what a whole recipe says beside its variants stays", () => {
  const recipe = { variants: [], publish: true, keep_original: false };
  expect(recipeOf(spec, formOf(spec, recipe))).toEqual(recipe);
});

test("what the form cannot show is an error that names its place", () => {
  const operations = [{ op: "resize", width: 1, depth: 3 }];
  expect(() => formOf(spec, { variants: [{ name: "a", operations }] })).toThrow(
    new Unknown("/variants/0/operations/0/depth", 'There is no field "depth".'),
  );
  expect(() => operationForm(spec, { op: "melt" })).toThrow('There is no operation "melt".');
});
