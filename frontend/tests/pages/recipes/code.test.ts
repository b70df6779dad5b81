import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { codeOf, LANGUAGES } from "../../../src/pages/recipes/editor/code";
import type { RecipeDocument } from "../../../src/pages/recipes/recipe";

const origin = "https://darkroom.example";
const recipe: RecipeDocument = {
  variants: [
    { name: "a", operations: [{ op: "watermark", text: "it's “mine”", tile: true }], output: { quality: 80 } },
  ],
  publish: true,
};

test.each(LANGUAGES)("%s uses a preset by its name", (language) => {
  const code = codeOf(language, { origin, recipe: "card@3" });
  expect(code).toContain("card@3");
  expect(code).toContain(`${origin}`);
  expect(code).not.toContain("variants");
});

test("the shell passes the recipe on as it is, quotes and all", () => {
  const [, argument] = /-F ('recipe=[\s\S]*') \\\n/.exec(codeOf("curl", { origin, recipe })) ?? [];
  const text = execFileSync("sh", ["-c", `printf %s ${argument}`], { encoding: "utf8" });
  expect(JSON.parse(text.replace("recipe=", ""))).toEqual(recipe);
});

test("JavaScript gets the recipe as a text", () => {
  const [, literal] = /const recipe = (JSON[\s\S]*?\));/.exec(codeOf("JavaScript", { origin, recipe })) ?? [];
  expect(JSON.parse(new Function(`return ${literal}`)() as string)).toEqual(recipe);
});

test("Python gets a literal of its own", () => {
  const code = codeOf("Python", { origin, recipe });
  expect(code).toContain('"tile": True');
  expect(code).toContain("recipe=RECIPE");
  expect(Math.max(...code.split("\n").map((line) => line.length))).toBeLessThan(120);
});
