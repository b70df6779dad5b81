import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";
import { budget } from "./build/budget.ts";
import { sharedFile } from "./build/chunks.ts";
import { POLICY } from "./build/policy.ts";
import { precompress } from "./build/precompress.ts";
import { sprite } from "./build/sprite.ts";

/** Address of the API that `npm run dev` and `npm run preview` pass requests on to. */
const API = process.env.DARKROOM_URL ?? "http://localhost:8000";

const toApi: ProxyOptions = { target: API };
/** Everything but the pages belongs to the API. */
const proxy = { "^/(?!app(?:[/?]|$))": toApi };

/** Parts of Svelte that are needed only if something is imported from them. Its package does not say so. */
const WITHOUT_EFFECTS = /\/svelte\/src\/(?:legacy|internal\/client)\//;

export default defineConfig({
  base: "/app/",
  plugins: [sprite(), svelte(), precompress(), budget()],
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
  build: {
    // The oldest browsers that have what the pages use: `light-dark()`, popovers, `Promise.withResolvers`.
    target: ["chrome125", "firefox128", "safari18"],
    // The policy of the pages forbids `data:`, so that every asset is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      treeshake: { moduleSideEffects: [{ test: WITHOUT_EFFECTS, sideEffects: false }] },
      // One file of what several files need, instead of a dozen small ones.
      output: { codeSplitting: { groups: [{ name: sharedFile, minShareCount: 3 }] } },
    },
    reportCompressedSize: false,
  },
  server: { host: "127.0.0.1", proxy },
  preview: { host: "127.0.0.1", proxy, headers: { "Content-Security-Policy": POLICY } },
  test: {
    include: ["tests/**/*.test.ts", "packages/*/tests/**/*.test.ts"],
  },
});
