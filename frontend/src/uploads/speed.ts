/** How fast bytes are sent, by what was sent in the last seconds. */

const WINDOW_MS = 4000;
/** Time below which a figure would jump. */
const LEAST_MS = 400;

export class Speed {
  #marks: { at: number; sent: number }[] = [];

  /** Note how many bytes have been sent by now. Returns bytes a second, or 0 as long as that is not known. */
  mark(sent: number, now: number): number {
    this.#marks = [...this.#marks.filter(({ at }) => at >= now - WINDOW_MS), { at: now, sent }];
    const [first] = this.#marks;
    if (!first || now - first.at < LEAST_MS) return 0;
    return Math.max(0, ((sent - first.sent) * 1000) / (now - first.at));
  }

  /** Begin anew, as after a pause. */
  reset(): void {
    this.#marks = [];
  }
}
