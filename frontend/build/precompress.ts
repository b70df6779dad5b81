/** Writes a `.gz` and a `.br` file beside each text of the build, so that no server compresses it for each request. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXTS = /\.(?:html|js|css|svg)$/;
/** Bytes from which compression is worth a file. */
const SMALLEST = 1024;

export function precompress(): Plugin {
  let folder = "";
  return {
    name: "darkroom-precompress",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (TEXTS.test(path)) compress(join(folder, path));
      }
    },
  };
}

function compress(file: string): void {
  const text = readFileSync(file);
  if (text.length < SMALLEST) return;
  writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
  writeFileSync(
    `${file}.br`,
    brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }),
  );
}
