/**
 * Fails the build if a page loads more bytes than the budget allows, compressed with gzip.
 *
 * The first load of a page is the entry, the page's module, and all that they import at once. What they import
 * later, such as the command palette, does not count.
 */

import { gzipSync } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

const KB = 1000;
/** Most bytes of the first load of a page. */
const FIRST_LOAD = { js: 40 * KB, css: 8 * KB };
/** Most bytes of JavaScript that the recipe editor adds to the page on which it opens. */
const EDITOR = 25 * KB;
const PAGES = /\/src\/pages\/[^/]+\/[^/]+Page\.svelte$/;
const EDITOR_MODULE = /\/src\/pages\/recipes\/editor\/[^/]+\.svelte$/;

type Chunk = Rolldown.OutputChunk;
type Bundle = Rolldown.OutputBundle;

export function budget(): Plugin {
  return {
    name: "darkroom-budget",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const entry = chunksOf(bundle).find((chunk) => chunk.isEntry);
        if (!entry) return this.error("The build has no entry.");
        const always = closure(bundle, entry);
        for (const page of chunksOf(bundle).filter((chunk) => PAGES.test(chunk.facadeModuleId ?? ""))) {
          const loaded = new Set([...always, ...closure(bundle, page)]);
          const size = sizeOf(bundle, loaded);
          const line = `${page.name}: ${kB(size.js)} JS, ${kB(size.css)} CSS`;
          this.info(line);
          if (size.js > FIRST_LOAD.js || size.css > FIRST_LOAD.css)
            this.error(`Over the budget of ${kB(FIRST_LOAD.js)} JS and ${kB(FIRST_LOAD.css)} CSS: ${line}`);
        }
        for (const editor of chunksOf(bundle).filter((chunk) => EDITOR_MODULE.test(chunk.facadeModuleId ?? ""))) {
          const added = new Set([...closure(bundle, editor)].filter((chunk) => !always.has(chunk)));
          const size = sizeOf(bundle, added);
          this.info(`${editor.name}: ${kB(size.js)} JS, loaded when it opens`);
          if (size.js > EDITOR) this.error(`Over the budget of ${kB(EDITOR)}: ${editor.name} adds ${kB(size.js)} JS`);
        }
      },
    },
  };
}

function chunksOf(bundle: Bundle): Chunk[] {
  return Object.values(bundle).filter((output): output is Chunk => output.type === "chunk");
}

/** Return a chunk with all chunks that it imports at once. */
function closure(bundle: Bundle, chunk: Chunk, found = new Set<Chunk>()): Set<Chunk> {
  found.add(chunk);
  for (const name of chunk.imports) {
    const imported = bundle[name];
    if (imported?.type === "chunk" && !found.has(imported)) closure(bundle, imported, found);
  }
  return found;
}

/** Return the compressed bytes of chunks and of their style sheets. */
function sizeOf(bundle: Bundle, chunks: Set<Chunk>): { js: number; css: number } {
  const sheets = new Set([...chunks].flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])]));
  return {
    js: sum([...chunks].map((chunk) => gzipped(chunk.code))),
    css: sum([...sheets].map((name) => gzipped(sourceOf(bundle, name)))),
  };
}

function sourceOf(bundle: Bundle, name: string): string | Uint8Array {
  const asset = bundle[name];
  return asset?.type === "asset" ? asset.source : "";
}

function gzipped(source: string | Uint8Array): number {
  return gzipSync(source, { level: 9 }).length;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function kB(bytes: number): string {
  return `${(bytes / KB).toFixed(1)} kB`;
}
