/** Changes many jobs by few requests, and says what became of them. */

import type { components } from "@darkroom/client";
import { performLater } from "../actions/undoable";
import { explain } from "../errors/explain";
import { counted } from "../formats/sizes";
import { api } from "../session/api";
import { config } from "../stores/config.svelte";
import { toasts } from "../stores/toasts.svelte";
import { OPEN } from "./filters";
import { jobs } from "./jobs.svelte";

export type Action = components["schemas"]["ActionKind"];
type Outcome = components["schemas"]["OutcomeBody"];
type Tile = Pick<(typeof jobs.shown)[number], "job_id" | "filename" | "status">;

/** What has happened, before the number of jobs. */
const PAST: Record<Action, string> = {
  retry: "Retried",
  delete: "Deleted",
  publish: "Published",
  unpublish: "Unpublished",
};

/** Change the jobs, and say how that went. Errors are shown, and not thrown. */
export async function act(action: Action, jobIds: readonly string[], { keepalive = false } = {}): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const most = config.value.limits.jobs_in_an_action;
  try {
    for (let start = 0; start < jobIds.length; start += most) {
      const body = { action, job_ids: jobIds.slice(start, start + most) };
      const answer = await api.post("/jobs/actions", { body, keepalive });
      if ("outcomes" in answer) outcomes.push(...answer.outcomes);
    }
  } catch (error) {
    const { title, text } = explain(error);
    const done = outcomes.length ? ` ${counted(outcomes.length, "job")} were changed before that.` : "";
    toasts.show(`${title}. ${text}${done}`, { kind: "bad" });
    return outcomes;
  }
  const { text, kind } = summaryOf(action, outcomes);
  if (action !== "delete" || kind === "bad") toasts.show(text, { kind });
  return outcomes;
}

/** Return the outcomes in a sentence: "Retried 3 jobs. 2 jobs could not be retried: …". */
export function summaryOf(action: Action, outcomes: readonly Outcome[]): { text: string; kind: "ok" | "bad" } {
  const done = outcomes.filter(({ ok }) => ok).length;
  const failed = outcomes.filter(({ ok }) => !ok);
  const sentences = done ? [`${PAST[action]} ${counted(done, "job")}.`] : [];
  const reasons = [...new Set(failed.map(({ detail, code }) => detail ?? code ?? ""))];
  if (failed.length) {
    const more = reasons.length > 1 ? ` (and ${counted(reasons.length - 1, "other reason")})` : "";
    sentences.push(`${counted(failed.length, "job")} could not be ${PAST[action].toLowerCase()}: ${reasons[0]}${more}`);
  }
  return { text: sentences.join(" "), kind: failed.length ? "bad" : "ok" };
}

/** Delete ended jobs, and cancel open ones, in some seconds: until then the reader can undo it. */
export function deleteLater(tiles: readonly Tile[]): void {
  const ids = tiles.map(({ job_id }) => job_id);
  const show = jobs.hide(ids);
  performLater({
    text: `${deletionOf(tiles)}.`,
    undo: show,
    perform: async (options) => {
      const ended = new Set(tiles.filter(({ status }) => !OPEN.includes(status)).map(({ job_id }) => job_id));
      for (const { job_id, ok } of await act("delete", ids, options)) if (ok && ended.has(job_id)) jobs.remove(job_id);
      show();
    },
  });
}

/** Return what a deletion does: "Deleted sample.png", "Deleted 2 jobs, cancelled 1 job". */
export function deletionOf(tiles: readonly Tile[]): string {
  const open = tiles.filter(({ status }) => OPEN.includes(status));
  const [first] = tiles;
  if (tiles.length === 1 && first) return `${open.length ? "Cancelled" : "Deleted"} ${first.filename}`;
  const ended = tiles.length - open.length;
  const parts = [
    ended && `deleted ${counted(ended, "job")}`,
    open.length && `cancelled ${counted(open.length, "job")}`,
  ];
  const text = parts.filter(Boolean).join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
