/** The images that have been chosen and not sent. They stay while other pages are shown. */

import { config } from "../../stores/config.svelte";
import type { Checked } from "../../uploads/check";

export class Staged {
  /** What its header says. Not there until it is read, and never for a URL. */
  checked = $state.raw<Checked>();

  constructor(readonly source: File | string) {}

  get name(): string {
    return typeof this.source === "string" ? this.source.replace(/^https?:\/\//, "") : this.source.name;
  }

  get file(): File | null {
    return typeof this.source === "string" ? null : this.source;
  }

  /** Whether it can be sent. A URL is judged when Darkroom has fetched it. */
  get isFit(): boolean {
    return this.file === null || this.checked?.fault === "";
  }
}

class Staging {
  images = $state.raw<readonly Staged[]>([]);
  fit = $derived(this.images.filter(({ isFit }) => isFit));
  refused = $derived(this.images.filter(({ checked }) => checked?.fault));
  isChecking = $derived(this.images.some(({ file, checked }) => file && !checked));

  /** Add files and URLs, and check them one after another. What is there already is left out. */
  add(sources: readonly (File | string)[]): void {
    const known = new Set(this.images.map(({ source }) => keyOf(source)));
    const added = sources.filter((source) => !known.has(keyOf(source))).map((source) => new Staged(source));
    this.images = [...this.images, ...added];
    void (async () => {
      const { check } = await import("../../uploads/check");
      for (const staged of added) if (staged.file) staged.checked = await check(staged.file, config.value);
    })();
  }

  remove(removed: Staged): void {
    this.images = this.images.filter((staged) => staged !== removed);
  }

  removeAll(of: readonly Staged[] = this.images): void {
    this.images = this.images.filter((staged) => !of.includes(staged));
  }
}

function keyOf(source: File | string): string {
  return typeof source === "string"
    ? source
    : [source.webkitRelativePath, source.name, source.size, source.lastModified].join("/");
}

export const staging = new Staging();
