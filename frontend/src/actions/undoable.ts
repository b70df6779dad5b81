/**
 * Actions that people can take back: the request goes out after a while, or at once when the page closes.
 *
 * Nothing is sent if the reader undoes it. So what cannot be undone at the server, such as a deletion, can be undone here.
 */

import { toasts } from "../stores/toasts.svelte";

/** How long an action can be undone. */
const UNDO_MS = 6000;

export interface Undoable {
  /** What has happened, for the toast: "Deleted sample.png." */
  text: string;
  /** Send the request. `keepalive` is true while the page closes. It reports errors itself. */
  perform: (options: { keepalive: boolean }) => Promise<void>;
  /** Show again what was there. */
  undo: () => void;
}

const waiting = new Set<() => void>();

/** Perform an action in six seconds, and offer to undo it until then. */
export function performLater({ text, perform, undo }: Undoable): void {
  const end = () => {
    clearTimeout(timer);
    waiting.delete(performNow);
    toasts.dismiss(toast);
  };
  const performNow = (keepalive = true) => {
    end();
    void perform({ keepalive });
  };
  const timer = setTimeout(() => performNow(false), UNDO_MS);
  const run = () => {
    end();
    undo();
  };
  const toast = toasts.show(text, { action: { label: "Undo", run }, lifetime: Number.POSITIVE_INFINITY });
  waiting.add(performNow);
}

/** Send what still waits when the page closes. */
export function startUndoable(): void {
  addEventListener("pagehide", () => {
    for (const performNow of [...waiting]) performNow();
  });
}
