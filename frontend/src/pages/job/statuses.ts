/** What the status of a job means for what can be done with it. */

import type { Job, JobStatus } from "@darkroom/client";
import { OPEN } from "../../jobs/filters";

/** Whether something will still happen to the job by itself. */
export function isOpen(status: JobStatus): boolean {
  return OPEN.includes(status);
}

/** Whether the job has results, or may still get some, which can be published. */
export function mayPublish({ status, variants }: Job): boolean {
  if (variants.length === 0) return false;
  return isOpen(status) || status === "completed" || status === "partially_completed";
}
