import { counted, countText } from "../formats/sizes";
import type { UploadState } from "./upload.svelte";

/** Return the uploads in a few words: "Uploading 3 of 12", "10 uploaded, 2 failed". */
export function trayTitle(uploads: readonly { state: UploadState }[]): string {
  const number = (...states: UploadState[]) => uploads.filter(({ state }) => states.includes(state)).length;
  const sent = number("sent");
  const open = number("checking", "waiting", "sending");
  const failed = number("failed", "refused");
  const cancelled = number("cancelled");
  if (open > 0) return `Uploading ${countText(sent + 1)} of ${countText(uploads.length - failed - cancelled)}`;
  const parts = [
    (sent > 0 || failed + cancelled === 0) && `${countText(sent)} uploaded`,
    failed > 0 && `${countText(failed)} not uploaded`,
    cancelled > 0 && `${countText(cancelled)} cancelled`,
  ];
  return parts.filter(Boolean).join(", ") || counted(0, "upload");
}
