/**
 * Something that a page loads, with all states that it may be in.
 *
 * Data stay where they are while they are loaded again, and if that fails: then they are `isStale`, and `error` says why.
 */

export class Resource<Data> {
  data = $state.raw<Data>();
  error = $state.raw<unknown>();
  isLoading = $state(false);
  #load: (signal: AbortSignal) => Promise<Data>;
  #running: AbortController | null = null;

  /** `load` makes the requests. It gets a signal that is aborted when a newer load begins. */
  constructor(load: (signal: AbortSignal) => Promise<Data>) {
    this.#load = load;
  }

  get isStale(): boolean {
    return this.data !== undefined && this.error !== undefined;
  }

  /** Load the data, again if they are there. Errors are kept, and not thrown. */
  async load(): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.isLoading = true;
    try {
      const data = await this.#load(running.signal);
      if (running !== this.#running) return;
      this.data = data;
      this.error = undefined;
    } catch (error) {
      if (running !== this.#running) return;
      this.error = error;
    }
    this.isLoading = false;
  }

  /** Put newer data in place, such as the answer to a change. A load that runs is given up. */
  put(data: Data): void {
    this.#running?.abort();
    this.#running = null;
    this.isLoading = false;
    this.data = data;
    this.error = undefined;
  }

  /** Give up a load that runs. */
  stop(): void {
    this.#running?.abort();
    this.#running = null;
    this.isLoading = false;
  }
}
