/**
 * Builds one SVG with all icons of the pages, each as a symbol, from the files of lucide-static.
 *
 * src/design/icons.ts names the icons. The file is written before the build, so that Vite treats it as any asset:
 * its name has a hash, and it comes from this server, as the policy of the pages asks for.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Plugin } from "vite";
import { ICONS } from "../src/design/icons.ts";

const FOLDER = new URL("../.generated/", import.meta.url);
const SOURCES = join(createRequire(import.meta.url).resolve("lucide-static/package.json"), "../icons");

export function sprite(): Plugin {
  return {
    name: "darkroom-sprite",
    config() {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(new URL("icons.svg", FOLDER), spriteOf(ICONS));
    },
  };
}

/** Return the sprite. Raises an error for a name that lucide-static does not have. */
export function spriteOf(names: readonly string[]): string {
  const symbols = names.map((name) => symbolOf(name, readFileSync(join(SOURCES, `${name}.svg`), "utf8")));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

/** Return the shapes of an icon without its size and stroke, which CSS sets. */
function symbolOf(name: string, svg: string): string {
  const shapes = svg.replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
}
