/** Asks for the plan of the recipe while somebody edits it: what it would make, its faults and its warnings. */

import { ApiError, type components } from "@darkroom/client";
import { api } from "../../../session/api";
import type { RecipeDocument } from "../recipe";
import { faultsOf, type Note, warningsOf } from "./notes";

type Plan = components["schemas"]["PlanBody"];

/** Pause after the last change, in milliseconds. */
const PAUSE_MS = 350;
/** The image of plans while no job is chosen. */
const USUAL_IMAGE = { width: 4000, height: 3000, format: "jpeg", frames: 1 } as const;

export class Planning {
  plan = $state.raw<Plan>();
  notes = $state.raw<readonly Note[]>([]);
  /** Why there is no plan, if it is not the recipe. */
  error = $state.raw<unknown>();
  /** The document of the latest answer, as JSON. */
  text = $state("");

  /** Plan a recipe soon, unless it has faults already. Returns what takes that back. */
  start(recipe: RecipeDocument, jobId: string | null, faults: readonly Note[]): () => void {
    if (faults.length > 0) {
      this.plan = undefined;
      this.notes = faults;
      this.text = JSON.stringify(recipe);
      return () => undefined;
    }
    const controller = new AbortController();
    const timer = setTimeout(() => void this.#ask(recipe, jobId, controller.signal), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }

  async #ask(recipe: RecipeDocument, jobId: string | null, signal: AbortSignal): Promise<void> {
    const image = jobId ? { job_id: jobId } : { image: USUAL_IMAGE };
    const body = { recipe: { ...recipe } as Record<string, unknown>, ...image };
    try {
      const plan = await api.post("/recipes/plan", { body, signal });
      this.plan = plan;
      this.notes = warningsOf(plan.warnings, recipe);
      this.error = undefined;
    } catch (error) {
      if (signal.aborted) return;
      const faults = error instanceof ApiError ? faultsOf(error.problem) : [];
      // The job was deleted, or its image is not described: the recipe can still be checked.
      const isAboutJob = error instanceof ApiError && jobId !== null && [404, 409].includes(error.status);
      if (isAboutJob) return this.#ask(recipe, null, signal);
      this.plan = undefined;
      this.notes = faults;
      this.error = faults.length > 0 ? undefined : error;
    }
    this.text = JSON.stringify(recipe);
  }
}
