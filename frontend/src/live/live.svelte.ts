/**
 * The feed of this tab, with the browser's lock and channel. Its code is loaded when somebody is logged in, and it gives way
 * while the page is kept for going back.
 */

import { api } from "../session/api";
import { network } from "../stores/network.svelte";
import type { Feed, FeedEvent, FeedState } from "./feed";

const NAME = "darkroom-events";

class Live {
  state = $state<FeedState>("connecting");
  #listeners = new Set<(event: FeedEvent) => void>();
  #feed: Feed | null = null;
  #hasStarted = false;

  /** Follow the jobs of the user who is logged in. */
  start(): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    void this.#open();
    addEventListener("pagehide", () => this.#feed?.stop());
    addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      void this.#open();
      this.#tell({ kind: "reset" });
    });
  }

  /** Call `listener` for each change of a job. Returns what ends that. */
  onEvent(listener: (event: FeedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #open(): Promise<void> {
    const { Feed } = await import("./feed");
    this.#feed = new Feed({
      client: api,
      channel: new BroadcastChannel(NAME),
      // Locks exist only where pages are secure, which a host in the local network may not be.
      withLock: (work, signal) => (navigator.locks ? navigator.locks.request(NAME, { signal }, work) : work()),
    });
    this.#feed.onState((state) => {
      this.state = state;
      if (state === "live") network.answered();
    });
    this.#feed.onEvent((event) => this.#tell(event));
    this.#feed.start();
  }

  #tell(event: FeedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

export const live = new Live();
