import { expect, test } from "vitest";
import { asRecipe } from "../../../src/pages/job/recipe-text";

test("an object is a recipe, for the API to judge", () =>
  expect(asRecipe('{"variants": []}')).toEqual({ value: { variants: [] }, fault: "" }));

test.each(["[]", "3", "null"])("%s is no recipe", (text) => expect(asRecipe(text).fault).toMatch("JSON object"));

test("text that is half written says so", () => {
  expect(asRecipe('{"variants": [').value).toBeNull();
  expect(asRecipe('{"variants": [').fault).toMatch("not JSON yet");
});
