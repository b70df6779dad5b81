/** Reads a recipe from what somebody has typed or pasted. */

import { type RecipeDocument, recipeIn } from "../recipe";

/** Return the recipe. A preset as the API shows it is read too. Throws Error with what is wrong. */
export function readRecipe(text: string): RecipeDocument {
  const value: unknown = JSON.parse(text);
  if (!isObject(value) || !isListOfObjects(value.variants)) throw new Error("It needs a list of variants.");
  for (const [index, variant] of value.variants.entries()) {
    const { operations = [], output = {} } = variant;
    if (!isListOfObjects(operations))
      throw new Error(`The operations of variant ${index + 1} are not a list of objects.`);
    if (!isObject(output)) throw new Error(`The output of variant ${index + 1} is not an object.`);
  }
  const { name: _name, version: _version, created_at: _created, ...rest } = value;
  const recipe = rest as unknown as RecipeDocument;
  return { ...rest, ...recipeIn(recipe) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOfObjects(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isObject);
}
