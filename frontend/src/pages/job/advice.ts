/** What people can do about a job or a variant that failed. The API says what happened, this says what helps. */

import type { Job } from "@darkroom/client";

export type Remedy = "retry" | "upload" | "recipe" | "usage" | "none";

export interface Advice {
  title: string;
  /** What to do, in a sentence or two. */
  text: string;
  remedy: Remedy;
}

type Entry = [title: string, text: string, remedy: Remedy];

const BROKEN = "Export the image again from the program that made it, and upload that file.";
const SMALLER = "Make the image smaller, and upload it again.";

const ADVICE: Record<string, Entry> = {
  undecodable_image: ["The file cannot be read as an image", BROKEN, "upload"],
  truncated_image: [
    "The file ends before the image does",
    `The file was probably cut off while it was copied. ${BROKEN}`,
    "upload",
  ],
  unsupported_layout: [
    "The image has an unusual layout",
    "Save it as grey or RGB with 8 or 16 bits a channel, and upload it again.",
    "upload",
  ],
  unsupported_media_type: [
    "The format is not supported",
    "Save the image as JPEG, PNG, WebP or AVIF, and upload it again.",
    "upload",
  ],
  upload_too_large: ["The file is too large", SMALLER, "upload"],
  image_too_large: ["The image has too many pixels", SMALLER, "upload"],
  pixel_limit: ["The image has too many pixels", `${SMALLER} For an animation, all frames count together.`, "upload"],
  frame_limit: [
    "The image has too many frames",
    "Shorten the animation, or use a recipe that keeps only the first frame.",
    "recipe",
  ],
  image_error: [
    "The recipe leaves nothing of the image",
    "Its crop lies outside this image. Use a recipe that fits.",
    "recipe",
  ],
  output_limit: [
    "A result would be too large",
    "Use a recipe with a smaller size, a lower quality or a higher limit of bytes.",
    "recipe",
  ],
  overlay_missing: [
    "The image of the watermark is gone",
    "Upload the watermark's image again, and name it in the recipe.",
    "recipe",
  ],
  memory_limit: [
    "The image needs too much memory",
    "Use a recipe with a smaller size, or a format other than AVIF.",
    "recipe",
  ],
  time_limit: ["The image takes too long", "Use a recipe with a smaller size, or a format other than AVIF.", "recipe"],
  processor_crash: [
    "Processing broke off",
    "Retry it once. If it fails again, the file has something that the decoder cannot bear.",
    "retry",
  ],
  lost: ["No worker answered", "This was not the fault of your image. Retry it.", "retry"],
  source_gone: ["The original was deleted before it was read", "Upload the image again.", "upload"],
  original_gone: ["The original is gone", "Upload the image again.", "upload"],
  fetch_refused: [
    "The URL may not be fetched",
    "Use the final URL of the image on a public host, without redirects.",
    "upload",
  ],
  fetch_failed: ["The URL could not be fetched", "Check that the server answers, and send the URL again.", "upload"],
  quota_exceeded: ["The quota is used up", "Wait until it is renewed, or free some of it.", "usage"],
  invalid_recipe: ["The recipe is not known", "Upload the image with a preset that exists.", "upload"],
};

/** Return what helps against a failure, by its code. */
export function adviceFor(code: string): Advice {
  const [title, text, remedy] = ADVICE[code] ?? [
    "Something went wrong",
    "Retry it. If that does not help, report the code.",
    "retry",
  ];
  return { title, text, remedy };
}

export interface Trouble {
  /** Codes of the faults; empty for a job that was stopped. */
  code: string;
  title: string;
  /** What happened, by the API. */
  message: string;
  advice: string;
  remedy: Remedy;
  tone: "bad" | "warn" | "quiet";
}

/** Return what is wrong with a job as a whole, or null. Faults of single variants count if all have the same. */
export function troubleOf(job: Job): Trouble | null {
  if (job.status === "cancelled")
    return quiet("Cancelled", "The job was cancelled before it ended. It has no results.");
  if (job.status === "expired")
    return quiet(
      "The image never came",
      "The job was announced, but no file followed in time. It is deleted after a week.",
    );
  if (job.status !== "failed" && job.status !== "partially_completed") return null;
  const shared = job.error ?? sharedFault(job);
  if (shared) {
    const { title, text, remedy } = adviceFor(shared.code);
    const tone = job.status === "failed" ? "bad" : "warn";
    return { code: shared.code, title, message: shared.message, advice: text, remedy, tone };
  }
  const { failed, total } = job.progress;
  const title = `${failed} of ${total} variants failed`;
  const advice = job.retryable ? "Retry them, or look at what each one says." : "Each one says why below.";
  return {
    code: "",
    title,
    message: "",
    advice,
    remedy: job.retryable ? "retry" : "none",
    tone: job.status === "failed" ? "bad" : "warn",
  };
}

function sharedFault({ variants }: Job): { code: string; message: string } | null {
  const faults = variants.flatMap(({ error }) => error ?? []);
  const [first] = faults;
  return first && faults.every(({ code, message }) => code === first.code && message === first.message) ? first : null;
}

function quiet(title: string, message: string): Trouble {
  return { code: "", title, message, advice: "", remedy: "none", tone: "quiet" };
}
