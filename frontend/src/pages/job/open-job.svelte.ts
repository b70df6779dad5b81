/** The job that a page shows: loaded, followed, and changed. */

import { ApiError, type Job } from "@darkroom/client";
import { explain } from "../../errors/explain";
import type { FeedEvent } from "../../live/feed";
import { router } from "../../routing/router.svelte";
import { api } from "../../session/api";
import { Resource } from "../../stores/resource.svelte";
import { statusLine } from "../../stores/status.svelte";
import { toasts } from "../../stores/toasts.svelte";
import { isOpen } from "./statuses";

/** Pause in which events are collected before the job is loaded again. An event has only its status and progress. */
const CATCH_UP_MS = 250;

export type Change = "retry" | "cancel" | "publish" | "unpublish";

export class OpenJob {
  readonly resource: Resource<Job>;
  /** The change that is being sent. */
  changing = $state<Change>();
  /** Name of the variant on request that is being made. */
  making = $state<string>();
  #wasDeleted = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly id: string) {
    this.resource = new Resource((signal) => this.#load(signal));
    void this.resource.load();
  }

  get job(): Job | undefined {
    return this.resource.data;
  }

  /** Whether there is no such job: it never was, or it was deleted, perhaps while it was shown. */
  get isGone(): boolean {
    const { error } = this.resource;
    return this.#wasDeleted || (error instanceof ApiError && error.status === 404);
  }

  /** Take in what the feed tells. */
  heard(event: FeedEvent): void {
    if (this.isGone) return;
    if (event.kind === "deleted" && event.jobId === this.id) this.#wasDeleted = true;
    else if (event.kind === "reset" || (event.kind === "job" && event.job.job_id === this.id)) this.reloadSoon();
  }

  reloadSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.resource.load();
    }, CATCH_UP_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.resource.stop();
  }

  retry(): Promise<void> {
    return this.#change("retry", async (path) => {
      await api.post("/jobs/{job_id}/retry", { path });
      statusLine.say("The failed variants run again.");
    });
  }

  cancel(): Promise<void> {
    return this.#change("cancel", (path) => api.delete("/jobs/{job_id}", { path }));
  }

  publish(): Promise<void> {
    return this.#change("publish", async (path) => {
      await api.put("/jobs/{job_id}/published", { path });
      statusLine.say("Published.");
    });
  }

  unpublish(): Promise<void> {
    return this.#change("unpublish", async (path) => {
      await api.delete("/jobs/{job_id}/published", { path });
      statusLine.say("The public addresses are taken back.");
    });
  }

  /** Have a variant on request made, which takes up to ten seconds. */
  async make(name: string): Promise<void> {
    this.making = name;
    const path = { job_id: this.id, name };
    try {
      await api.ask("get", "/jobs/{job_id}/variants/{name}", { path, isLinkEnough: true });
      statusLine.say(`${name} is made.`);
    } catch (error) {
      toasts.show(`${name} was not made. ${explain(error).text}`, { kind: "bad" });
    }
    await this.resource.load();
    this.making = undefined;
  }

  /** Ask whether the original is gone for good. Whatever else keeps it from being shown may pass. */
  async isOriginalGone(): Promise<boolean> {
    try {
      await api.ask("get", "/jobs/{job_id}/original", { path: { job_id: this.id }, isLinkEnough: true });
    } catch (error) {
      return error instanceof ApiError && error.status === 410;
    }
    return false;
  }

  /** Go to the gallery, and delete the job after a while in which it can be undone. */
  async remove({ job_id, source, status }: Job): Promise<void> {
    const { deleteLater } = await import("../../jobs/bulk");
    deleteLater([{ job_id, filename: source.filename, status }]);
    await router.open("/");
  }

  /** The recipe never changes, so it is asked for only once. */
  async #load(signal: AbortSignal): Promise<Job> {
    const known = this.job?.recipe_document;
    const query = known ? {} : { include: "recipe" as const };
    const before = this.job?.status;
    const loaded = await api.get("/status/{job_id}", { path: { job_id: this.id }, query, signal });
    if (before && before !== loaded.status && !isOpen(loaded.status)) statusLine.say(`The job is ${loaded.status}.`);
    return known ? { ...loaded, recipe_document: known } : loaded;
  }

  async #change(change: Change, send: (path: { job_id: string }) => Promise<unknown>): Promise<void> {
    this.changing = change;
    try {
      await send({ job_id: this.id });
    } catch (error) {
      toasts.show(explain(error).text, { kind: "bad" });
    }
    await this.resource.load();
    this.changing = undefined;
  }
}
