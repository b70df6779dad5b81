/** Has a variant made of a job's original, to show it while somebody edits it. */

import { ApiError } from "@darkroom/client";
import { api } from "../../../session/api";
import type { VariantDocument } from "../recipe";

export interface Picture {
  /** Address of the image in this browser. */
  url: string;
  type: string;
  bytes: number;
  width: number;
  height: number;
  cpuMs: number;
}

/** Pause after the last change, in milliseconds: each preview counts as a job. */
const PAUSE_MS = 600;
/** Wait after too many previews up to which the page tries again by itself. */
const LONGEST_WAIT_SECONDS = 60;

export class Previewing {
  picture = $state.raw<Picture>();
  error = $state.raw<unknown>();
  isBusy = $state(false);
  /** What the picture was made of. */
  #made = "";

  /** Make a preview soon, unless it is the one that is shown. Returns what takes that back. */
  start(jobId: string, { when: _when, ...variant }: VariantDocument): () => void {
    const wanted = jobId + JSON.stringify(variant);
    if (wanted === this.#made) return () => undefined;
    const controller = new AbortController();
    const ask = async () => {
      this.isBusy = true;
      try {
        this.#show(await this.#make(jobId, variant, controller.signal));
        this.#made = wanted;
      } catch (error) {
        if (controller.signal.aborted) return;
        // Without a network the picture is old, and better than none.
        if (error instanceof ApiError) this.clear();
        this.error = error;
        const seconds = error instanceof ApiError && error.status === 429 ? error.retryAfter : null;
        if (seconds !== null && seconds <= LONGEST_WAIT_SECONDS) timer = setTimeout(ask, seconds * 1000);
      }
      this.isBusy = false;
    };
    let timer = setTimeout(ask, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
      this.isBusy = false;
    };
  }

  /** Forget the picture, and give its memory back. */
  clear(): void {
    if (this.picture) URL.revokeObjectURL(this.picture.url);
    this.picture = undefined;
    this.error = undefined;
    this.#made = "";
  }

  async #make(jobId: string, variant: object, signal: AbortSignal): Promise<Picture> {
    const answer = await api.send("post", "/recipes/preview", { body: { job_id: jobId, variant }, signal });
    const image = await answer.blob();
    const number = (header: string) => Number(answer.headers.get(header) ?? 0);
    return {
      url: URL.createObjectURL(image),
      type: image.type,
      bytes: image.size,
      width: number("X-Darkroom-Width"),
      height: number("X-Darkroom-Height"),
      cpuMs: number("X-Darkroom-Cpu-Ms"),
    };
  }

  #show(picture: Picture): void {
    this.clear();
    this.picture = picture;
  }
}
