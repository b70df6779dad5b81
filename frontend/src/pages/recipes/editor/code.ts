/** Programs that upload an image with a recipe. They run as they are, with the reader's key in place of the variable. */

import type { RecipeDocument } from "../recipe";

export const LANGUAGES = ["curl", "Python", "JavaScript"] as const;
export type Language = (typeof LANGUAGES)[number];

interface Wanted {
  /** Origin of the API. */
  origin: string;
  /** A preset's name, with its version if it has one, or a whole recipe. */
  recipe: string | RecipeDocument;
}

/** Return the program. */
export function codeOf(language: Language, { origin, recipe }: Wanted): string {
  const text = typeof recipe === "string" ? recipe : JSON.stringify(recipe);
  switch (language) {
    case "curl":
      return [
        "curl --fail-with-body \\",
        '  -H "x-api-key: $DARKROOM_KEY" \\',
        "  -F file=@photo.jpg \\",
        `  -F ${inShell(`recipe=${text}`)} \\`,
        `  ${origin}/uploads`,
      ].join("\n");
    case "Python":
      return [
        "# pip install darkroom-client",
        "import os",
        "",
        "from darkroom_client import Client",
        "",
        ...(typeof recipe === "string" ? [] : [`RECIPE = ${inPython(recipe, 0)}`, ""]),
        `with Client("${origin}", os.environ["DARKROOM_KEY"]) as darkroom:`,
        `    job = darkroom.upload("photo.jpg", recipe=${typeof recipe === "string" ? JSON.stringify(recipe) : "RECIPE"})`,
        "    job = darkroom.wait(job, within=60)",
        '    for path in darkroom.download(job, "results"):',
        "        print(path)",
      ].join("\n");
    case "JavaScript":
      return [
        'import { openAsBlob } from "node:fs";',
        "",
        typeof recipe === "string"
          ? `const recipe = ${JSON.stringify(recipe)};`
          : `const recipe = JSON.stringify(${JSON.stringify(recipe, null, 2)});`,
        "",
        "const form = new FormData();",
        'form.set("recipe", recipe);',
        'form.set("file", await openAsBlob("photo.jpg"), "photo.jpg");',
        `const answer = await fetch("${origin}/uploads", {`,
        '  method: "POST",',
        "  body: form,",
        '  headers: { "x-api-key": process.env.DARKROOM_KEY, "Idempotency-Key": crypto.randomUUID() },',
        "});",
        "const job = await answer.json();",
        "if (!answer.ok) throw new Error(job.detail);",
        `console.log(\`${origin}/status/\${job.job_id}\`);`,
      ].join("\n");
  }
}

/** Return a text as one word of a shell. */
function inShell(text: string): string {
  return /^[\w@.=:/-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

/** Return a JSON value as a literal of Python. */
function inPython(value: unknown, depth: number): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => inPython(item, depth + 1))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${inPython(item, depth + 1)}`);
  const [begin, end] = isList ? "[]" : "{}";
  const line = `${begin}${items.join(", ")}${end}`;
  if (line.length + depth * 4 <= 88 && !line.includes("\n")) return line;
  const indent = "    ".repeat(depth + 1);
  return `${begin}\n${items.map((item) => `${indent}${item},\n`).join("")}${"    ".repeat(depth)}${end}`;
}
