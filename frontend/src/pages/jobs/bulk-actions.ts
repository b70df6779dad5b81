/** What can be done with several jobs, and with which of them. */

import type { JobStatus, JobTile } from "@darkroom/client";
import { tick } from "svelte";
import { type Action, act, deleteLater } from "../../jobs/bulk";
import { downloadArchives } from "./download";
import { focusPlace } from "./list-focus";
import type { Selection } from "./selection.svelte";

const RETRYABLE = new Set<JobStatus>(["failed", "partially_completed"]);
const WITH_RESULTS = new Set<JobStatus>(["completed", "partially_completed"]);
const WITHOUT_RESULTS = new Set<JobStatus>(["failed", "cancelled", "expired"]);

type Tiles = readonly JobTile[];

const acting = (action: Action) => (tiles: Tiles) =>
  act(
    action,
    tiles.map(({ job_id }) => job_id),
  );

/** Return the actions, for a list and what is selected in it. */
export function bulkActions(shown: () => Tiles, selection: () => Selection) {
  return {
    retryable: (tiles: Tiles) => tiles.filter(({ status }) => RETRYABLE.has(status)),
    publishable: (tiles: Tiles) => tiles.filter(({ status }) => !WITHOUT_RESULTS.has(status)),
    downloadable: (tiles: Tiles) =>
      tiles.filter(({ status, progress }) => WITH_RESULTS.has(status) && progress.done > 0),
    retry: acting("retry"),
    publish: acting("publish"),
    unpublish: acting("unpublish"),
    download: (tiles: Tiles) => downloadArchives(tiles.map(({ job_id }) => job_id)),
    remove(tiles: Tiles) {
      const place = shown().findIndex(({ job_id }) => job_id === tiles[0]?.job_id);
      deleteLater(tiles);
      selection().clear();
      // The reader goes on at the place of what has gone.
      void tick().then(() => focusPlace(place));
    },
  };
}
