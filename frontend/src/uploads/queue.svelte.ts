/**
 * Sends images one after another, a few at a time.
 *
 * If the network goes away, or the API asks for patience, the whole queue rests and tries again. An upload keeps its
 * Idempotency-Key: whatever happened to a try, there will be one job.
 */

import { ApiError, Unreachable } from "@darkroom/client";
import { type Options, type SentJob, Upload } from "./upload.svelte";

/** Uploads at the same time. A browser has six connections to a host over HTTP/1.1. */
const AT_ONCE = 3;
const MOST_TRIES = 8;
/** Pause before the first repetition. It doubles with each. */
const SHORTEST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const PASSING = new Set(["rate_limited", "unavailable", "under_way"]);

export interface QueueDependencies {
  /** Return what is wrong with a file, or an empty text. */
  check: (file: File) => Promise<string>;
  /** Throws ApiError, Unreachable, and a DOMException `AbortError` if the signal is aborted. */
  send: (upload: Upload, signal: AbortSignal, onProgress: (sent: number) => void) => Promise<SentJob>;
}

export class UploadQueue {
  uploads = $state.raw<readonly Upload[]>([]);
  isPaused = $state(false);
  /** Why the queue was paused by itself, such as a quota that is used up. */
  fault = $state.raw<unknown>();
  /** Why the queue rests until `restsUntil`, a time in milliseconds. */
  restsFor = $state.raw<unknown>();
  restsUntil = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly of: QueueDependencies) {}

  waiting = $derived(this.uploads.filter(({ state }) => state === "waiting" || state === "checking"));
  sending = $derived(this.uploads.filter(({ state }) => state === "sending"));
  /** Whether leaving the page would lose something. */
  isBusy = $derived(this.waiting.length + this.sending.length > 0);

  /** Check images, and send them. Files that were checked before are not checked again. */
  add(sources: readonly (File | string)[], options: Options, { areChecked = false } = {}): void {
    const added = sources.map((source) => new Upload(source, options));
    this.uploads = [...this.uploads, ...added];
    if (areChecked) {
      for (const upload of added) upload.state = "waiting";
      this.#proceed();
    } else {
      void this.#checkAll(added);
    }
  }

  pause(): void {
    this.isPaused = true;
  }

  /** Go on, after a pause or at once instead of after a rest. */
  resume(): void {
    this.isPaused = false;
    this.fault = undefined;
    this.#endRest();
    this.#proceed();
  }

  retry(upload: Upload): void {
    upload.tries = 0;
    upload.state = "waiting";
    this.#proceed();
  }

  retryAll(): void {
    for (const upload of this.uploads.filter(({ state }) => state === "failed")) upload.state = "waiting";
    this.resume();
  }

  cancel(upload: Upload): void {
    upload.cancel();
    this.#proceed();
  }

  cancelAll(): void {
    for (const upload of [...this.waiting, ...this.sending]) upload.cancel();
    this.resume();
  }

  /** Forget uploads that have ended. */
  clear(): void {
    this.uploads = this.uploads.filter(({ hasEnded }) => !hasEnded);
  }

  async #checkAll(added: readonly Upload[]): Promise<void> {
    for (const upload of added) {
      const fault = upload.file ? await this.of.check(upload.file) : "";
      if (upload.state !== "checking") continue;
      upload.fault = fault;
      upload.state = fault ? "refused" : "waiting";
      this.#proceed();
    }
  }

  #proceed(): void {
    if (this.isPaused || this.restsUntil > Date.now()) return;
    const free = AT_ONCE - this.sending.length;
    const next = this.uploads.filter(({ state }) => state === "waiting").slice(0, Math.max(0, free));
    for (const upload of next) void this.#send(upload);
  }

  async #send(upload: Upload): Promise<void> {
    const signal = upload.begin();
    try {
      upload.follow(await this.of.send(upload, signal, (sent) => upload.progress(sent, Date.now())));
      upload.state = "sent";
      upload.sent = upload.size;
    } catch (error) {
      if (!signal.aborted) this.#failed(upload, error);
    }
    this.#proceed();
  }

  #failed(upload: Upload, error: unknown): void {
    const passes = error instanceof Unreachable || (error instanceof ApiError && isPassing(error));
    if (passes && upload.tries < MOST_TRIES) {
      upload.state = "waiting";
      this.#rest(error, upload.tries);
      return;
    }
    upload.error = error;
    upload.state = "failed";
    // What the quota refuses now, it refuses for all others too.
    if (error instanceof ApiError && error.code === "quota_exceeded") {
      this.isPaused = true;
      this.fault = error;
    }
  }

  #rest(reason: unknown, tries: number): void {
    const asked = reason instanceof ApiError ? (reason.retryAfter ?? 0) * 1000 : 0;
    const pause = Math.max(asked, Math.min(SHORTEST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS));
    const end = Date.now() + pause;
    if (end <= this.restsUntil) return;
    clearTimeout(this.#timer);
    this.restsFor = reason;
    this.restsUntil = end;
    this.#timer = setTimeout(() => {
      this.#endRest();
      this.#proceed();
    }, pause);
  }

  #endRest(): void {
    clearTimeout(this.#timer);
    this.restsUntil = 0;
    this.restsFor = undefined;
  }
}

function isPassing(error: ApiError): boolean {
  return PASSING.has(error.code) || error.status >= 500;
}
