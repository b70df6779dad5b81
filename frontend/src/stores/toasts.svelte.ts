/** Short messages at the edge of the page. Each is also said by the status line. */

import { statusLine } from "./status.svelte";

export interface Toast {
  id: number;
  text: string;
  kind: "info" | "ok" | "bad";
  /** A button beside the text, such as Undo. */
  action?: { label: string; run: () => void };
  /** How long the toast stays, in milliseconds. */
  lifetime: number;
}

const LIFETIME_MS = 5000;
/** Errors stay longer: they have more to read. */
const ERROR_LIFETIME_MS = 10_000;

class Toasts {
  shown = $state.raw<readonly Toast[]>([]);
  #next = 1;

  /** Show a message. Returns its id. */
  show(text: string, options: Partial<Omit<Toast, "id" | "text">> = {}): number {
    const kind = options.kind ?? "info";
    const lifetime = kind === "bad" ? ERROR_LIFETIME_MS : LIFETIME_MS;
    const toast: Toast = { lifetime, ...options, kind, id: this.#next++, text };
    this.shown = [...this.shown, toast];
    statusLine.say(text);
    return toast.id;
  }

  dismiss(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}

export const toasts = new Toasts();
