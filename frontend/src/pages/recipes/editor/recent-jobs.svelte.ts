/** The newest jobs whose images can be tried: they are described, and have a thumbnail. */

import type { JobTile } from "@darkroom/client";
import { api } from "../../../session/api";
import { keep, kept } from "../../../stores/browser";
import { Resource } from "../../../stores/resource.svelte";

const MOST = 40;
const REMEMBERED = "preview-job";

export class RecentJobs {
  readonly list = new Resource<JobTile[]>(async (signal) => {
    const page = await api.get("/jobs", { query: { view: "summary", limit: MOST }, signal });
    return (page.items as JobTile[]).filter(({ completed_at, thumbnail }) => completed_at && thumbnail);
  });
  #chosenId = $state(kept(REMEMBERED));

  /** The job whose image is used for previews: the one that was chosen last, or the newest. */
  readonly chosen = $derived(this.list.data?.find(({ job_id }) => job_id === this.#chosenId) ?? this.list.data?.[0]);

  choose(id: string): void {
    this.#chosenId = id;
    keep(REMEMBERED, id);
  }
}
