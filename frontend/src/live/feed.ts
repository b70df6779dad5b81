/**
 * What changes among the jobs, told to all tabs of this browser from one stream.
 *
 *     tab with the lock ── GET /events ──▶ API
 *            │ BroadcastChannel
 *            ├──▶ its own listeners
 *            └──▶ other tabs, each of which waits for the lock
 *
 * A browser has six connections to a host over HTTP/1.1: with a stream in each tab, five tabs would leave none for requests.
 * The tab that has the Web Lock reads the stream. When it closes, another one gets the lock, and resumes the stream at the
 * last event that all tabs have heard of. So a job's change is never missed, and may come twice.
 */

import { ApiError, type Client, type JobSummary, serverEvents } from "@darkroom/client";

export type FeedEvent =
  | { kind: "job"; job: JobSummary }
  | { kind: "deleted"; jobId: string }
  /** Changes may have been missed: load the jobs again. */
  | { kind: "reset" };

export type FeedState = "connecting" | "live" | "waiting";

type Message = { id: string | null; events: FeedEvent[] } | { state: FeedState } | { hello: true };

export interface FeedDependencies {
  client: Pick<Client, "send">;
  /** Runs `work` while no other tab does, after those that asked before. */
  withLock: (work: () => Promise<void>, signal: AbortSignal) => Promise<unknown>;
  channel: Pick<BroadcastChannel, "postMessage" | "onmessage" | "close">;
}

/** Pause before the first repetition, in milliseconds. It doubles with each failure in a row. */
const SHORTEST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** How long a new tab may be told what came before it listened: lists may be that old. */
const REMEMBERED_MS = 30_000;

export class Feed {
  readonly #listeners = new Set<(event: FeedEvent) => void>();
  readonly #stateListeners = new Set<(state: FeedState) => void>();
  readonly #stopping = new AbortController();
  #lastId: string | null = null;
  #isLeading = false;
  #state: FeedState = "connecting";
  #recent: { at: number; event: FeedEvent }[] = [];

  constructor(private readonly of: FeedDependencies) {}

  /** Follow the jobs until `stop`. */
  start(): void {
    this.of.channel.onmessage = ({ data }: MessageEvent<Message>) => this.#heard(data);
    this.of.channel.postMessage({ hello: true } satisfies Message);
    const { signal } = this.#stopping;
    this.of.withLock(() => this.#lead(signal), signal).catch(() => {});
  }

  /** Give up the stream, so that another tab takes it. */
  stop(): void {
    this.#stopping.abort();
    this.of.channel.close();
  }

  /** Call `listener` for each event. Returns what ends that. */
  onEvent(listener: (event: FeedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Call `listener` with the state, now and when it changes. Returns what ends that. */
  onState(listener: (state: FeedState) => void): () => void {
    this.#stateListeners.add(listener);
    listener(this.#state);
    return () => this.#stateListeners.delete(listener);
  }

  async #lead(signal: AbortSignal): Promise<void> {
    this.#isLeading = true;
    let failures = 0;
    while (!signal.aborted) {
      let pause = SHORTEST_PAUSE_MS;
      try {
        const headers: Record<string, string> = this.#lastId ? { "Last-Event-ID": this.#lastId } : {};
        const answer = await this.of.client.send("get", "/events", { headers, signal });
        this.#tellState("live");
        failures = 0;
        if (answer.body) pause = await this.#read(answer.body, pause);
      } catch (error) {
        failures += 1;
        const asked = error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0;
        pause = Math.max(asked, Math.min(SHORTEST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS));
        this.#tellState("waiting");
      }
      await pauseOf(pause, signal);
    }
  }

  /** Tell what a stream says until it ends. Returns the pause that it asks for. */
  async #read(body: ReadableStream<Uint8Array>, pause: number): Promise<number> {
    for await (const { id, name, data, retry } of serverEvents(body)) {
      if (retry) pause = retry;
      const event = feedEventOf(name, data);
      if (id) this.#lastId = id;
      if (event || id) this.#tell({ id, events: event ? [event] : [] });
    }
    return pause;
  }

  #tell(message: Message & { events: FeedEvent[] }): void {
    this.of.channel.postMessage(message);
    for (const event of message.events) this.#hearEvent(event);
  }

  #tellState(state: FeedState): void {
    this.of.channel.postMessage({ state } satisfies Message);
    this.#setState(state);
  }

  #heard(message: Message): void {
    if ("events" in message) {
      this.#lastId = message.id ?? this.#lastId;
      for (const event of message.events) this.#hearEvent(event);
    } else if ("state" in message) {
      this.#setState(message.state);
    } else if (this.#isLeading) {
      const since = Date.now() - REMEMBERED_MS;
      const events = this.#recent.filter(({ at }) => at > since).map(({ event }) => event);
      this.of.channel.postMessage({ id: this.#lastId, events } satisfies Message);
      this.of.channel.postMessage({ state: this.#state } satisfies Message);
    }
  }

  #hearEvent(event: FeedEvent): void {
    const now = Date.now();
    this.#recent = this.#recent.filter(({ at }) => at > now - REMEMBERED_MS);
    if (event.kind !== "reset") this.#recent.push({ at: now, event });
    for (const listener of this.#listeners) listener(event);
  }

  #setState(state: FeedState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }
}

function feedEventOf(name: string, data: string): FeedEvent | null {
  if (name === "job") return { kind: "job", job: JSON.parse(data) as JobSummary };
  if (name === "deleted") return { kind: "deleted", jobId: (JSON.parse(data) as { job_id: string }).job_id };
  return name === "reset" ? { kind: "reset" } : null;
}

function pauseOf(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
