/** The parts of the page that need the job. They are loaded together with it, so that the page itself is small. */

export { default as JobActions } from "./JobActions.svelte";
export { default as JobContent } from "./JobContent.svelte";
export { default as JobDetails } from "./JobDetails.svelte";
