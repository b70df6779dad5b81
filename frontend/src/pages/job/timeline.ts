/** The steps of a job, with their times. */

import type { Job, JobStatus } from "@darkroom/client";
import { isOpen } from "./statuses";

export interface Step {
  title: string;
  /** Moment of the step; null if it has not come, or nobody knows. */
  at: string | null;
  state: "done" | "current" | "ahead" | "partly" | "bad" | "stopped";
  /** Milliseconds since the step before; null if they mean nothing. */
  lasted: number | null;
  /** What the time since the step before was spent on. */
  spent: string;
  detail?: string;
}

const STOPPED = new Set<JobStatus>(["cancelled", "expired"]);

/** Return the steps in their order, those that are ahead too. */
export function stepsOf(job: Job): Step[] {
  const steps = [created(job), ...earlier(job), queued(job), started(job), ended(job)].filter((step) => step !== null);
  return withDurations(steps);
}

type Draft = Omit<Step, "lasted">;

function created({ created_at, source, original_of, status }: Job): Draft {
  const isWaiting = status === "awaiting_upload";
  const title = source.imported_from ? "Import requested" : original_of ? "Run again requested" : "Uploaded";
  const detail = source.imported_from ? `from ${source.imported_from}` : "";
  return {
    title: isWaiting && title === "Uploaded" ? "Upload announced" : title,
    at: created_at,
    state: isWaiting ? "current" : "done",
    spent: "",
    ...(detail ? { detail } : {}),
  };
}

/** Return one step for all runs before this one: the API tells only that there were some. */
function earlier({ attempt }: Job): Draft[] {
  if (attempt === 1) return [];
  const title = attempt === 2 ? "Attempt 1 ended with failures" : `Attempts 1 to ${attempt - 1} ended with failures`;
  return [{ title, at: null, state: "bad", spent: "" }];
}

function queued({ queued_at, status, attempt }: Job): Draft | null {
  if (!queued_at && STOPPED.has(status)) return null;
  if (!queued_at && !isOpen(status)) return null;
  const title = attempt > 1 ? `Attempt ${attempt} queued` : "Queued";
  return { title, at: queued_at, state: reached(queued_at, status === "queued"), spent: "arriving" };
}

function started({ started_at, status, progress }: Job): Draft | null {
  // A report of the end may overtake that of the start.
  if (!started_at && !isOpen(status)) return null;
  const isRunning = status === "processing";
  const detail =
    isRunning && progress.total > 0 ? `${progress.done + progress.failed} of ${progress.total} variants` : "";
  return {
    title: isRunning ? "Processing" : "Processing started",
    at: started_at,
    state: reached(started_at, isRunning),
    spent: "waiting",
    ...(detail ? { detail } : {}),
  };
}

const ENDS: Partial<Record<JobStatus, [title: string, state: Step["state"]]>> = {
  completed: ["Completed", "done"],
  partially_completed: ["Completed in part", "partly"],
  failed: ["Failed", "bad"],
  cancelled: ["Cancelled", "stopped"],
  expired: ["Expired", "stopped"],
};

function ended({ status, completed_at, updated_at }: Job): Draft {
  const [title, state] = ENDS[status] ?? ["Completed", "ahead"];
  const at = isOpen(status) ? null : (completed_at ?? updated_at);
  return { title, at, state, spent: STOPPED.has(status) ? "" : "processing" };
}

function reached(at: string | null, isCurrent: boolean): Step["state"] {
  if (isCurrent) return "current";
  return at ? "done" : "ahead";
}

function withDurations(steps: readonly Draft[]): Step[] {
  return steps.map((step, index) => {
    const before = steps[index - 1]?.at;
    const lasted = step.spent && step.at && before ? Date.parse(step.at) - Date.parse(before) : null;
    return { ...step, lasted: lasted !== null && lasted >= 0 ? lasted : null };
  });
}
