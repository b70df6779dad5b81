/**
 * What can be done on the page, by keys and by the command palette.
 *
 * The frame and each page register their commands while they are shown:
 *
 *     $effect(() => commands.register([{ label: "Delete", key: "x", run: remove }]));
 */

import { untrack } from "svelte";
import type { IconName } from "../design/icons";

export interface Command {
  /** What it does, as an order: "Delete the selected jobs". */
  label: string;
  run: () => void;
  /** A key such as `j`, or two after each other such as `g j`. */
  key?: string;
  icon?: IconName;
  /** Heading in the help for keys. */
  group?: string;
  /** Whether the palette leaves it out, since it makes sense only by key: to move by one, for example. */
  isKeyOnly?: boolean;
}

/** Time within which the second key must follow the first, in milliseconds. */
const SEQUENCE_MS = 1200;

class Commands {
  #sets = $state.raw<readonly (readonly Command[])[]>([]);
  /** All commands that are registered. Those of the page come before those of the frame. */
  all = $derived(this.#sets.toReversed().flat());
  #first = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Offer commands. Returns what withdraws them. */
  register(set: readonly Command[]): () => void {
    // Effects call this. They must not run again for the commands of others.
    const before = untrack(() => this.#sets);
    this.#sets = [...before, set];
    return () => {
      this.#sets = untrack(() => this.#sets).filter((other) => other !== set);
    };
  }

  /** Run commands by their keys, unless somebody types or a dialog is open. */
  start(): void {
    addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      if (document.querySelector("dialog[open]")) return;
      const sequence = this.#first ? `${this.#first} ${event.key}` : event.key;
      const command = this.all.find(({ key }) => key === sequence) ?? this.all.find(({ key }) => key === event.key);
      this.#remember(command ? "" : event.key);
      if (!command) return;
      event.preventDefault();
      command.run();
    });
  }

  #remember(key: string): void {
    clearTimeout(this.#timer);
    const begins = this.all.some((command) => command.key?.startsWith(`${key} `));
    this.#first = key && begins ? key : "";
    if (this.#first) this.#timer = setTimeout(() => this.#remember(""), SEQUENCE_MS);
  }
}

/** Whether a key belongs to a field. Buttons and boxes take only the space bar and Enter, sliders only keys that move. */
function isTyping({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  if (target.matches("[type=range]")) return /^(?:Arrow|Page|Home$|End$)/.test(key);
  if (target.matches("input")) return !target.matches("[type=checkbox], [type=radio], [type=button]") || key === " ";
  return (key === "Enter" || key === " ") && target.matches("button, a, summary");
}

export const commands = new Commands();
