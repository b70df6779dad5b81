/** The jobs of the gallery: loaded page by page, and kept right by the feed. They stay while other pages are shown. */

import type { JobSummary, JobTile } from "@darkroom/client";
import type { FeedEvent } from "../live/feed";
import { live } from "../live/live.svelte";
import { api } from "../session/api";
import { Resource } from "../stores/resource.svelte";
import { type Filters, fits, hasStatus, keyOf, NO_FILTERS, queryOf } from "./filters";
import { withJob, withoutJob, withPage, withTile } from "./merge";

/** Jobs a page: as many as a large screen shows at once, in less than 30 kB. */
const PAGE = 40;
/** Most jobs a request, when what is shown is read again. */
const LARGEST_PAGE = 100;
/** Requests in a row. With filters, pages may be empty although more jobs follow. */
const MOST_REQUESTS = 8;
/** Pause in which events are collected before the list is loaded for what they do not say. */
const CATCH_UP_MS = 700;

export class Jobs {
  readonly list = new Resource<readonly JobTile[]>((signal) => this.#load(signal));
  /** The next page. Its data say nothing: they are in the list. */
  readonly more = new Resource<null>((signal) => this.#loadMore(signal));
  filters = $state.raw(NO_FILTERS);
  /** New jobs that would move what somebody looks at. `release` shows them. */
  waiting = $state.raw<readonly JobTile[]>([]);
  /** Says whether new jobs wait. The page sets it: what is scrolled must not jump. */
  holdsBack = () => false;

  /** Whether the latest requests found nothing, although there are more jobs: the reader says whether to go on. */
  foundNone = $state(false);

  #cursor = $state.raw<string | null>(null);
  #hidden = $state.raw<ReadonlySet<string>>(new Set());
  /** Key of the filters that the list was loaded with. */
  #loaded = $state("");
  /** How many jobs the next load reads at least. */
  #depth = 0;
  /** Jobs that events told of since the present load began, which may not know of them. */
  #heardOf = new Set<string>();
  #deleted = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isFollowing = false;

  /** The jobs without those that are about to be deleted. */
  shown = $derived((this.list.data ?? []).filter(({ job_id }) => !this.#hidden.has(job_id)));
  hasMore = $derived(this.#cursor !== null);
  /** Whether the list still shows what fitted other filters. */
  isOther = $derived(this.#loaded !== keyOf(this.filters));

  /** Show the jobs that fit. They are loaded unless they are there, and followed from then on. */
  open(filters: Filters): void {
    if (!this.#isFollowing) live.onEvent((event) => this.#heard(event));
    this.#isFollowing = true;
    this.filters = filters;
    if (this.isOther || this.list.data === undefined || this.list.error !== undefined) void this.#reload(0);
  }

  /** Load the next page, unless it is being loaded. */
  loadMore(): void {
    if (this.hasMore && !this.more.isLoading && !this.isOther) void this.more.load();
  }

  /** Load again what is shown, for example since addresses of thumbnails have expired. */
  refresh(): void {
    this.#loadSoon(this.list.data?.length);
  }

  release(): void {
    this.list.data = this.waiting.reduce(withTile, this.list.data ?? []);
    this.waiting = [];
  }

  /** Leave jobs out before they are deleted. Returns what shows them again. */
  hide(jobIds: Iterable<string>): () => void {
    const ids = [...jobIds];
    this.#hidden = new Set([...this.#hidden, ...ids]);
    return () => {
      this.#hidden = new Set([...this.#hidden].filter((id) => !ids.includes(id)));
    };
  }

  /** Leave a job out for good. */
  remove(jobId: string): void {
    this.#deleted.add(jobId);
    this.waiting = withoutJob(this.waiting, jobId);
    if (this.list.data) this.list.data = withoutJob(this.list.data, jobId);
  }

  async #reload(depth: number): Promise<void> {
    this.#depth = depth;
    this.more.stop();
    await this.list.load();
    // What fitted other filters is no stale version of what was asked for.
    if (this.list.error !== undefined && this.isOther) this.list.data = undefined;
  }

  async #load(signal: AbortSignal): Promise<readonly JobTile[]> {
    this.#heardOf.clear();
    const key = keyOf(this.filters);
    const { tiles, cursor } = await this.#read(null, Math.max(1, this.#depth), signal);
    if (key !== this.#loaded || !this.list.data) {
      this.#loaded = key;
      this.#cursor = cursor;
      this.waiting = [];
      this.foundNone = tiles.length === 0 && cursor !== null;
      // Events of this time were compared with the filters before.
      if (this.#heardOf.size) this.#loadSoon(0);
      return tiles;
    }
    const last = tiles.at(-1)?.created_at ?? "";
    const isBelow = ({ created_at }: JobTile) => cursor !== null && created_at < last;
    if (!this.list.data.some(isBelow)) this.#cursor = cursor;
    return withPage(
      this.list.data,
      this.#withoutWaiting(tiles),
      (tile) => isBelow(tile) || this.#heardOf.has(tile.job_id),
    );
  }

  async #loadMore(signal: AbortSignal): Promise<null> {
    const { tiles, cursor } = await this.#read(this.#cursor, 1, signal);
    const known = new Set(this.list.data?.map(({ job_id }) => job_id));
    this.list.data = [...(this.list.data ?? []), ...tiles.filter(({ job_id }) => !known.has(job_id))];
    this.#cursor = cursor;
    this.foundNone = tiles.length === 0 && cursor !== null;
    return null;
  }

  /** Read pages until there are `wanted` jobs, or no more. */
  async #read(from: string | null, wanted: number, signal: AbortSignal) {
    const tiles: JobTile[] = [];
    let cursor = from;
    for (let requests = 0; requests < MOST_REQUESTS; requests += 1) {
      const limit = wanted > PAGE ? LARGEST_PAGE : PAGE;
      const query = { ...queryOf(this.filters), view: "summary" as const, limit, cursor };
      const page = await api.get("/jobs", { query, signal });
      tiles.push(...(page.items as JobTile[]));
      cursor = page.next_cursor;
      if (cursor === null || tiles.length >= wanted) break;
    }
    return { tiles: tiles.filter(({ job_id }) => !this.#deleted.has(job_id)), cursor };
  }

  /** Take newer versions of the jobs that wait from a page, and leave them out of it. */
  #withoutWaiting(tiles: readonly JobTile[]): readonly JobTile[] {
    const read = new Map(tiles.map((tile) => [tile.job_id, tile]));
    this.waiting = this.waiting.map((tile) => read.get(tile.job_id) ?? tile);
    const ids = new Set(this.waiting.map(({ job_id }) => job_id));
    return tiles.filter(({ job_id }) => !ids.has(job_id));
  }

  #heard(event: FeedEvent): void {
    if (!this.list.data) return;
    if (event.kind === "reset") this.#loadSoon(this.list.data.length);
    else if (event.kind === "deleted") this.remove(event.jobId);
    else this.#heardJob(this.list.data, event.job);
  }

  #heardJob(tiles: readonly JobTile[], job: JobSummary): void {
    const isJob = ({ job_id }: JobTile) => job_id === job.job_id;
    this.#heardOf.add(job.job_id);
    if (this.#deleted.has(job.job_id)) return;
    if (this.waiting.some(isJob)) this.waiting = this.#followed(this.waiting, job);
    else if (tiles.some(isJob)) this.list.data = this.#followed(tiles, job);
    else if (!this.isOther && fits(this.filters, job)) this.#meet(tiles, job);
    const tile = this.list.data?.find(isJob) ?? this.waiting.find(isJob);
    const isSeen = tile && (tile.completed_at !== null || tile.progress.done > 0);
    if (isSeen && tile.thumbnail === null) this.#loadSoon(0);
  }

  /** Return the list with the present state of a job in it, or without the job if it does not fit any more. */
  #followed(tiles: readonly JobTile[], job: JobSummary): readonly JobTile[] {
    return hasStatus(this.filters, job.status) ? withJob(tiles, job) : withoutJob(tiles, job.job_id);
  }

  /** Show a job that is not in the list, unless it belongs below what has been loaded. */
  #meet(tiles: readonly JobTile[], job: JobSummary): void {
    const last = tiles.at(-1);
    if (this.hasMore && last && job.created_at < last.created_at) return;
    if (Object.keys(this.filters.metadata).length) this.#loadSoon(0);
    else if (this.holdsBack()) this.waiting = withJob(this.waiting, job);
    else this.list.data = withJob(tiles, job);
  }

  #loadSoon(depth = 0): void {
    this.#depth = Math.max(this.#depth, depth);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#reload(this.#depth);
    }, CATCH_UP_MS);
  }
}

export const jobs = new Jobs();
