import { ApiError, type JobSummary, type Problem } from "@darkroom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Feed, type FeedEvent } from "../../src/live/feed";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A browser: one lock, and channels that reach all other tabs. */
class Browser {
  readonly streams: Stream[] = [];
  #channels: { onmessage: ((event: MessageEvent) => void) | null }[] = [];
  #waiting: (() => void)[] = [];
  #isHeld = false;
  /** What the next request for a stream is refused with. */
  refusal: ApiError | null = null;

  tab() {
    const channels = this.#channels;
    const channel = {
      onmessage: null as ((event: MessageEvent) => void) | null,
      postMessage(data: unknown) {
        for (const other of [...channels]) if (other !== channel) other.onmessage?.({ data } as MessageEvent);
      },
      close: () => void channels.splice(channels.indexOf(channel), 1),
    };
    channels.push(channel);
    const feed = new Feed({
      channel,
      withLock: (work, signal) => this.#withLock(work, signal),
      client: { send: async (_method, _path, options) => this.#send(options?.headers, options?.signal) },
    });
    const heard: FeedEvent[] = [];
    const states: string[] = [];
    feed.onEvent((event) => heard.push(event));
    feed.onState((state) => states.push(state));
    feed.start();
    return { feed, heard, states };
  }

  async #withLock(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    if (this.#isHeld) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (signal.aborted) return this.#waiting.shift()?.();
    this.#isHeld = true;
    await work();
    this.#isHeld = false;
    this.#waiting.shift()?.();
  }

  #send(headers: Record<string, string> = {}, signal?: AbortSignal): Response {
    if (this.refusal) throw this.refusal;
    const stream = new Stream(headers["Last-Event-ID"] ?? null);
    signal?.addEventListener("abort", () => stream.fail());
    this.streams.push(stream);
    return new Response(stream.body);
  }
}

class Stream {
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  readonly body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      this.#controller = controller;
    },
  });
  constructor(readonly lastEventId: string | null) {}

  async send(text: string): Promise<void> {
    this.#controller.enqueue(new TextEncoder().encode(text));
    await settled();
  }

  fail(): void {
    this.#controller.error(new TypeError("network error"));
  }

  async end(): Promise<void> {
    this.#controller.close();
    await settled();
  }
}

const settled = () => vi.advanceTimersByTimeAsync(0);
const job = (id: string) => `id: ${id}00\nevent: job\ndata: {"job_id":"${id}"}\n\n`;
const idsOf = (heard: FeedEvent[]) => heard.map((event) => (event.kind === "job" ? event.job.job_id : event.kind));

test("all tabs hear what one stream says", async () => {
  const browser = new Browser();
  const tabs = [browser.tab(), browser.tab(), browser.tab()];
  await settled();
  expect(browser.streams).toHaveLength(1);
  await browser.streams[0]?.send(job("1"));
  for (const { heard, states } of tabs) {
    expect(idsOf(heard)).toEqual(["1"]);
    expect(states).toEqual(["connecting", "live"]);
  }
});

test("when the tab with the stream closes, another one goes on at the last event", async () => {
  const browser = new Browser();
  const [first, second] = [browser.tab(), browser.tab()];
  await settled();
  await browser.streams[0]?.send(job("1"));
  first.feed.stop();
  await settled();
  expect(browser.streams.map(({ lastEventId }) => lastEventId)).toEqual([null, "100"]);
  await browser.streams[1]?.send(job("2"));
  expect(idsOf(second.heard)).toEqual(["1", "2"]);
});

test("a new tab hears what came shortly before it, which its list may lack", async () => {
  const browser = new Browser();
  browser.tab();
  await settled();
  await browser.streams[0]?.send(job("1"));
  await vi.advanceTimersByTimeAsync(31_000);
  await browser.streams[0]?.send(job("2"));
  const late = browser.tab();
  await settled();
  expect(idsOf(late.heard)).toEqual(["2"]);
  expect(late.states).toEqual(["connecting", "live"]);
});

test("a stream that ends is resumed after the pause that it asks for", async () => {
  const browser = new Browser();
  browser.tab();
  await settled();
  await browser.streams[0]?.send(`retry: 2000\n\n${job("1")}`);
  await browser.streams[0]?.end();
  await vi.advanceTimersByTimeAsync(1900);
  expect(browser.streams).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(browser.streams[1]?.lastEventId).toBe("100");
});

test("a stream that breaks is resumed", async () => {
  const browser = new Browser();
  const { states } = browser.tab();
  await settled();
  browser.streams[0]?.fail();
  await vi.advanceTimersByTimeAsync(1100);
  expect(browser.streams).toHaveLength(2);
  expect(states).toEqual(["connecting", "live", "waiting", "live"]);
});

test("a refusal is heeded: the next request waits as long as it says, and longer after each failure", async () => {
  const browser = new Browser();
  browser.refusal = new ApiError({ status: 503, code: "unavailable", detail: "" } as Problem, 7);
  const { states } = browser.tab();
  await vi.advanceTimersByTimeAsync(6900);
  expect(states).toEqual(["connecting", "waiting"]);
  browser.refusal = null;
  await vi.advanceTimersByTimeAsync(200);
  expect(states.at(-1)).toBe("live");
});

test("deletions and resets are told as such", async () => {
  const browser = new Browser();
  const { heard } = browser.tab();
  await settled();
  await browser.streams[0]?.send(
    'event: reset\ndata: {"reason":"new_stream"}\n\nevent: deleted\ndata: {"job_id":"1"}\n\n',
  );
  expect(heard).toEqual([{ kind: "reset" }, { kind: "deleted", jobId: "1" } satisfies FeedEvent]);
  expect(heard.some((event) => event.kind === "job" && (event.job satisfies JobSummary))).toBe(false);
});
