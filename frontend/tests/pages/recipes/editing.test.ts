import { readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { Editing } from "../../../src/pages/recipes/editor/editing.svelte";
import { specOf } from "../../../src/pages/recipes/editor/fields";
import { readRecipe } from "../../../src/pages/recipes/editor/read";
import { moved, placeAt } from "../../../src/pages/recipes/editor/sortable";

const spec = specOf(JSON.parse(readFileSync(new URL("../../../../docs/recipe.schema.json", import.meta.url), "utf8")));
const names = () => editing.form.variants.map(({ values }) => values.name);
const ops = () => editing.variant?.operations.map(({ op }) => op);

let editing: Editing;

beforeEach(() => {
  editing = new Editing(spec, {
    variants: [
      { name: "card", operations: [{ op: "resize", width: 10 }, { op: "sharpen" }] },
      { name: "card-2", folder: "cards", output: { format: "webp" } },
    ],
  });
});

test("nothing has changed at first, nor after a change was taken back", () => {
  expect(editing.isChanged).toBe(false);
  editing.addOperation("blur");
  expect(editing.isChanged).toBe(true);
  editing.discard();
  expect(editing.isChanged).toBe(false);
});

test("what was saved is what later changes are compared with", () => {
  editing.addOperation("flip");
  editing.saved();
  expect(editing.isChanged).toBe(false);
  editing.removeOperation(2);
  editing.discard();
  expect(ops()).toEqual(["resize", "sharpen", "flip"]);
});

test("a duplicate has a free name and no folder, since both are unique", () => {
  editing.choose(1);
  editing.duplicateVariant();
  expect(names()).toEqual(["card", "card-2", "card-3"]);
  expect(editing.document.variants[2]).toEqual({ name: "card-3", output: { format: "webp" } });
});

test("a removed operation and a removed variant can be put back", () => {
  const undo = editing.removeOperation(0);
  expect(ops()).toEqual(["sharpen"]);
  undo();
  expect(ops()).toEqual(["resize", "sharpen"]);
  const undoVariant = editing.removeVariant();
  expect(names()).toEqual(["card-2"]);
  undoVariant();
  expect(names()).toEqual(["card", "card-2"]);
});

test("an operation stays in its variant though another one is shown when it is put back", () => {
  const undo = editing.removeOperation(0);
  editing.choose(1);
  undo();
  expect(ops()).toEqual([]);
  editing.choose(0);
  expect(ops()).toEqual(["resize", "sharpen"]);
});

test("the variant that is shown stays so while it moves", () => {
  editing.moveVariant(0, 1);
  expect(names()).toEqual(["card-2", "card"]);
  expect(editing.variant?.values.name).toBe("card");
});

test("an item moves to another place", () => {
  expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
});

test("a dragged item changes places past the middle of its neighbour, in columns and in rows", () => {
  const boxes = [0, 40, 140].map((top) => ({
    top,
    left: top,
    width: top === 40 ? 100 : 40,
    height: top === 40 ? 100 : 40,
  }));
  expect(placeAt(boxes, 0, 0, 80, false)).toBe(0);
  expect(placeAt(boxes, 0, 0, 91, false)).toBe(1);
  expect(placeAt(boxes, 0, 0, 500, false)).toBe(2);
  expect(placeAt(boxes, 2, 0, -5, false)).toBe(0);
  expect(placeAt(boxes, 0, 91, 0, true)).toBe(1);
});

test("a preset as the API shows it is read as a recipe", () => {
  const text = '{"name": "card", "version": 3, "created_at": "2026-11-30T00:00:00Z", "variants": [], "publish": true}';
  expect(readRecipe(text)).toEqual({ variants: [], publish: true });
});

test.each(["", "[]", "{}", '{"variants": {}}', '{"variants": [{"name": "a", "operations": [1]}]}'])(
  "%s is no recipe",
  (text) => {
    expect(() => readRecipe(text)).toThrow();
  },
);
