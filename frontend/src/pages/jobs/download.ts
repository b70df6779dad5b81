/** Saves the archives of several jobs, one file each. */

import { api } from "../../session/api";

/** Browsers drop downloads that begin at the same moment. */
const PAUSE_MS = 400;

export async function downloadArchives(jobIds: readonly string[]): Promise<void> {
  for (const job_id of jobIds) {
    const link = document.createElement("a");
    link.href = api.address("/jobs/{job_id}/archive", { path: { job_id } });
    link.download = "";
    link.click();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
