/** Counts seconds down, by the clock: a tab that slept is right when it wakes up. */

export class Countdown {
  /** Seconds that are left, rounded up. */
  left = $state(0);
  #end = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Begin anew. Null or 0 ends it. */
  start(seconds: number | null): void {
    this.stop();
    this.#end = Date.now() + (seconds ?? 0) * 1000;
    this.#tick();
    if (this.left > 0) this.#timer = setInterval(() => this.#tick(), 250);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.left = Math.max(0, Math.ceil((this.#end - Date.now()) / 1000));
    if (this.left === 0) this.stop();
  }
}
