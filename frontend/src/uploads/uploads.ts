/** The queue of this tab. It goes on while other pages are shown, and follows the jobs that it has made. */

import { Unreachable } from "@darkroom/client";
import { counted } from "../formats/sizes";
import { live } from "../live/live.svelte";
import { config } from "../stores/config.svelte";
import { network } from "../stores/network.svelte";
import { statusLine } from "../stores/status.svelte";
import { check } from "./check";
import { UploadQueue } from "./queue.svelte";
import { send } from "./send";

export const uploads = new UploadQueue({
  check: async (file) => (await check(file, config.value)).fault,
  send: async (upload, signal, onProgress) => {
    const job = await send(upload, signal, onProgress).catch((error) => {
      if (error instanceof Unreachable) network.unreachable();
      throw error;
    });
    network.answered();
    if (uploads.sending.length <= 1 && uploads.waiting.length === 0)
      statusLine.say(`Sent ${counted(uploads.uploads.filter(({ state }) => state === "sent").length + 1, "image")}.`);
    return job;
  },
});

live.onEvent((event) => {
  if (event.kind !== "job") return;
  uploads.uploads.find(({ job }) => job?.job_id === event.job.job_id)?.follow(event.job);
});
addEventListener("online", () => {
  if (!uploads.isPaused) uploads.resume();
});
addEventListener("beforeunload", (event) => {
  if (uploads.isBusy) event.preventDefault();
});
