/** Keys and commands of the list of jobs. */

import type { JobTile } from "@darkroom/client";
import type { Command } from "../../actions/commands.svelte";
import type { BulkActions } from "./bulk-actions";
import { focusedJob, moveFocus } from "./list-focus";
import type { Selection } from "./selection.svelte";

const GROUP = "Jobs";

interface List {
  selection: Selection;
  /** Ids of the jobs that are shown, in their order. */
  order: () => readonly string[];
  tiles: () => readonly JobTile[];
  actions: () => Promise<BulkActions>;
  upload: () => void;
  search: () => void;
}

export function listCommands({ selection, order, tiles, actions, upload, search }: List): Command[] {
  const onFocused = (run: (id: string) => void) => () => {
    const id = focusedJob();
    if (id) run(id);
  };
  /** Return the selected jobs, or else the one that has the focus. */
  const concerned = () => {
    const selected = tiles().filter(({ job_id }) => selection.has(job_id));
    return selected.length ? selected : tiles().filter(({ job_id }) => job_id === focusedJob());
  };
  const act = (run: (of: BulkActions, jobs: readonly JobTile[]) => unknown) => async () => {
    const jobs = concerned();
    if (jobs.length) await run(await actions(), jobs);
  };
  const retry = act((of, jobs) => {
    const retryable = of.retryable(jobs);
    if (retryable.length) return of.retry(retryable);
  });
  const byKey = (key: string, label: string, run: () => void): Command => ({
    key,
    label,
    run,
    group: GROUP,
    isKeyOnly: true,
  });
  return [
    { key: "u", label: "Upload images", icon: "upload", group: GROUP, run: upload },
    { key: "/", label: "Search jobs", icon: "search", group: GROUP, run: search },
    byKey("j", "Next job", () => moveFocus(1)),
    byKey("k", "Previous job", () => moveFocus(-1)),
    byKey(
      "x",
      "Select the job",
      onFocused((id) => selection.toggle(id)),
    ),
    byKey(
      "X",
      "Select all up to the job",
      onFocused((id) => selection.extend(id, order())),
    ),
    byKey("Escape", "Clear the selection", () => selection.clear()),
    { label: "Select all jobs that are shown", icon: "check", run: () => selection.selectAll(order()) },
    { key: "r", label: "Retry the selected jobs", icon: "rotate-ccw", group: GROUP, run: retry },
    {
      key: "Delete",
      label: "Delete the selected jobs",
      icon: "trash-2",
      group: GROUP,
      run: act((of, jobs) => of.remove(jobs)),
    },
  ];
}
