/** Keys and commands of the list of jobs. */

import type { JobTile } from "@darkroom/client";
import type { Command } from "../../actions/commands.svelte";
import { bulkActions } from "./bulk-actions";
import { focusedJob, moveFocus } from "./list-focus";
import type { Selection } from "./selection.svelte";

const GROUP = "Jobs";

type Tiles = readonly JobTile[];

/** Return the commands for the jobs that are shown, and those of the page. */
export function listCommands(
  selection: Selection,
  tiles: () => Tiles,
  { upload, search }: { upload: () => void; search: () => void },
): Command[] {
  const bulk = bulkActions(tiles, () => selection);
  const order = () => tiles().map(({ job_id }) => job_id);
  const onFocused = (run: (id: string) => void) => () => {
    const id = focusedJob();
    if (id) run(id);
  };
  /** Return the selected jobs, or else the one that has the focus. */
  const concerned = () => {
    const selected = tiles().filter(({ job_id }) => selection.has(job_id));
    return selected.length ? selected : tiles().filter(({ job_id }) => job_id === focusedJob());
  };
  const act = (run: (jobs: Tiles) => unknown) => () => {
    const jobs = concerned();
    if (jobs.length) void run(jobs);
  };
  const retry = act((jobs) => {
    const retryable = bulk.retryable(jobs);
    if (retryable.length) return bulk.retry(retryable);
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
      run: act(bulk.remove),
    },
  ];
}
