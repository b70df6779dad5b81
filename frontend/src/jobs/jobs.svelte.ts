/** The jobs of the gallery: loaded page by page, and kept right by the feed. They stay while other pages are shown. */

import type { JobTile } from "@darkroom/client";
import type { FeedEvent } from "../live/feed";
import { live } from "../live/live.svelte";
import { api } from "../session/api";
import { Resource } from "../stores/resource.svelte";
import { withJob, withoutJob, withPage } from "./merge";

/** Jobs a page: as many as a large screen shows at once, in less than 30 kB. */
const PAGE = 40;
/** Pause in which events are collected before the list is loaded for what they do not say. */
const CATCH_UP_MS = 700;

class Jobs {
  readonly list = new Resource<readonly JobTile[]>((signal) => this.#load(signal));
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isFollowing = false;

  /** Load the jobs unless they are there, and follow them from then on. */
  open(): void {
    if (!this.#isFollowing) live.onEvent((event) => this.#heard(event));
    this.#isFollowing = true;
    if (this.list.data === undefined || this.list.error !== undefined) void this.list.load();
  }

  async #load(signal: AbortSignal): Promise<readonly JobTile[]> {
    const page = await api.get("/jobs", { query: { view: "summary", limit: PAGE }, signal });
    return withPage(this.list.data ?? [], page.items as JobTile[]);
  }

  #heard(event: FeedEvent): void {
    const tiles = this.list.data;
    if (!tiles) return;
    if (event.kind === "reset") this.#loadSoon();
    else if (event.kind === "deleted") this.list.data = withoutJob(tiles, event.jobId);
    else {
      this.list.data = withJob(tiles, event.job);
      const tile = this.list.data.find(({ job_id }) => job_id === event.job.job_id);
      if (tile && tile.thumbnail === null && tile.completed_at !== null) this.#loadSoon();
    }
  }

  #loadSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.list.load();
    }, CATCH_UP_MS);
  }
}

export const jobs = new Jobs();
