/** The present, in milliseconds, for texts such as "2 minutes ago". It moves on every few seconds. */

const STEP_MS = 10_000;

class Clock {
  now = $state(Date.now());

  start(): void {
    setInterval(() => {
      if (!document.hidden) this.now = Date.now();
    }, STEP_MS);
    document.addEventListener("visibilitychange", () => {
      this.now = Date.now();
    });
  }
}

export const clock = new Clock();
