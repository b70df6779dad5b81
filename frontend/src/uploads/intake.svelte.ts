/**
 * Takes the images that people drop, paste or choose, on any page.
 *
 * They are sent at once with the recipe that was used last, unless the page takes them itself. The queue and
 * the tray that shows it are loaded for the first image.
 */

import type { Component } from "svelte";
import { keep, kept } from "../stores/browser";

class Intake {
  /** The tray, from the first image on. */
  Tray = $state.raw<Component>();
  /** The recipe for images that are sent at once: a preset's name. */
  recipe = $state(kept("recipe") ?? "web");
  #taker: ((files: File[]) => void) | null = null;

  /** Let a page take the images. Returns what ends that. */
  register(taker: (files: File[]) => void): () => void {
    this.#taker = taker;
    return () => {
      if (this.#taker === taker) this.#taker = null;
    };
  }

  /** Whether images are sent at once. */
  get isDirect(): boolean {
    return this.#taker === null;
  }

  choose(recipe: string): void {
    this.recipe = recipe;
    keep("recipe", recipe === "web" ? null : recipe);
  }

  async take(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    if (this.#taker) return this.#taker([...files]);
    const { uploads } = await this.open();
    const options = { recipe: this.recipe, metadata: {}, publish: null, keepOriginal: null, callbackUrl: "" };
    uploads.add(files, options);
  }

  /** Take what was dropped. Browsers tell what it is only until the event is over. */
  takeDropped({ items, files }: DataTransfer): void {
    const entries = [...items].flatMap((item) => (item.kind === "file" ? (item.webkitGetAsEntry() ?? []) : []));
    const plain = [...files];
    void (async () => {
      const { filesIn } = await import("./sources");
      await this.take(entries.length ? await filesIn(entries) : plain);
    })();
  }

  /** Return the queue, and show its tray. */
  async open() {
    const [loaded, { default: Tray }] = await Promise.all([import("./uploads"), import("./UploadTray.svelte")]);
    this.Tray = Tray;
    return loaded;
  }
}

export const intake = new Intake();
