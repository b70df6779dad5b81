/** One image on its way to the API: a file, or a URL that Darkroom fetches. */

import { idempotencyKey, type JobStatus, type JobSummary } from "@darkroom/client";
import { Speed } from "./speed";

/**
 *     checking → waiting → sending → sent
 *         ↘ refused   ↖      ↓ ↘ cancelled
 *                      ⤷── failed
 */
export type UploadState = "checking" | "waiting" | "sending" | "sent" | "refused" | "failed" | "cancelled";

/** What becomes of an image, beside its recipe. Null leaves the choice to the recipe. */
export interface Options {
  /** A preset's name, or a recipe as JSON. */
  recipe: string;
  metadata: Readonly<Record<string, string>>;
  publish: boolean | null;
  keepOriginal: boolean | null;
  callbackUrl: string;
}

export type SentJob = Pick<JobSummary, "job_id" | "status" | "progress" | "updated_at">;

export class Upload {
  state = $state<UploadState>("checking");
  /** Bytes that have been sent. */
  sent = $state(0);
  /** Bytes a second, or 0 as long as that is not known. */
  speed = $state(0);
  /** Why it failed: what the client threw. */
  error = $state.raw<unknown>();
  /** Why it was refused before anything was sent. */
  fault = $state("");
  job = $state.raw<SentJob>();
  tries = 0;
  /** The same for all tries, so that they make one job. */
  readonly key = idempotencyKey();
  #speed = new Speed();
  #sending: AbortController | null = null;

  constructor(
    readonly source: File | string,
    readonly options: Options,
  ) {}

  get name(): string {
    return typeof this.source === "string" ? this.source.replace(/^https?:\/\//, "") : this.source.name;
  }

  get size(): number {
    return typeof this.source === "string" ? 0 : this.source.size;
  }

  get file(): File | null {
    return typeof this.source === "string" ? null : this.source;
  }

  /** Whether nothing more happens to it by itself. */
  get hasEnded(): boolean {
    return this.state !== "checking" && this.state !== "waiting" && this.state !== "sending";
  }

  /** Seconds that are left, or null as long as that is not known. */
  get secondsLeft(): number | null {
    return this.speed > 0 ? Math.max(0, this.size - this.sent) / this.speed : null;
  }

  begin(): AbortSignal {
    this.state = "sending";
    this.error = undefined;
    this.sent = 0;
    this.speed = 0;
    this.tries += 1;
    this.#speed.reset();
    this.#sending = new AbortController();
    return this.#sending.signal;
  }

  /** Note progress. A form has some bytes more than its file. */
  progress(sent: number, now: number): void {
    this.speed = this.#speed.mark(sent, now);
    this.sent = Math.min(sent, this.size);
  }

  cancel(): void {
    this.state = "cancelled";
    this.#sending?.abort();
  }

  /** Take over what an event says of the job. Events may come twice and in any order. */
  follow(job: SentJob): void {
    if (!this.job || this.job.updated_at <= job.updated_at) this.job = job;
  }
}

export const ENDED: ReadonlySet<JobStatus> = new Set([
  "completed",
  "partially_completed",
  "failed",
  "cancelled",
  "expired",
]);
