/**
 * The one line that readers of screens hear without losing their place.
 *
 * Many things may happen at once, such as the end of forty uploads. So texts are collected, and said together: a text that
 * comes again replaces itself.
 */

const PAUSE_MS = 600;
const MOST = 3;

class StatusLine {
  text = $state("");
  #waiting = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Say a text soon. */
  say(text: string): void {
    this.#waiting.delete(text);
    this.#waiting.add(text);
    this.#timer ??= setTimeout(() => this.#flush(), PAUSE_MS);
  }

  #flush(): void {
    const texts = [...this.#waiting];
    const more = texts.length - MOST;
    this.text = [...texts.slice(0, MOST), ...(more > 0 ? [`and ${more} more.`] : [])].join(" ");
    this.#waiting.clear();
    this.#timer = undefined;
  }
}

export const statusLine = new StatusLine();
