/**
 * Writes src/api.ts from docs/openapi.json, or checks that it is what the file describes.
 *
 *     node packages/client/types.js write
 *     node packages/client/types.js check      exits with status 1 if they differ
 */

import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const DESCRIPTION = new URL("../../../docs/openapi.json", import.meta.url);
const TYPES = new URL("src/api.ts", import.meta.url);
const HEAD = "/** Generated from docs/openapi.json by `npm run types`. Do not edit. */\n\n";

const wanted = HEAD + astToString(await openapi(DESCRIPTION, { alphabetize: true }));
if (process.argv[2] === "write") {
  await writeFile(TYPES, wanted);
} else if ((await readFile(TYPES, "utf8").catch(() => "")) !== wanted) {
  console.error("packages/client/src/api.ts differs from docs/openapi.json. Run: npm run types");
  process.exit(1);
}
