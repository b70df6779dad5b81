/** Sends an upload to the API. */

import { api } from "../session/api";
import type { Options, SentJob, Upload } from "./upload.svelte";

/** Return the job. Throws ApiError, Unreachable, and a DOMException `AbortError` if the signal is aborted. */
export async function send(upload: Upload, signal: AbortSignal, onProgress: (sent: number) => void): Promise<SentJob> {
  const { file, key: idempotencyKey } = upload;
  const answer = file
    ? await api.upload({ form: formOf(file, upload.options), idempotencyKey, signal, onProgress })
    : await api.post("/uploads", { body: importOf(upload), idempotencyKey, signal });
  // A session may read, and so gets the whole job.
  return "progress" in answer ? answer : { ...answer, progress: { done: 0, failed: 0, total: 0 }, updated_at: "" };
}

function formOf(file: File, options: Options): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fieldsOf(options)))
    form.append(name, typeof value === "string" ? value : JSON.stringify(value));
  // Parts before the file are read before it, so that a wrong one is refused before the file is sent.
  form.append("file", file);
  return form;
}

function importOf({ source, options }: Upload) {
  const { recipe } = options;
  return { url: source as string, ...fieldsOf(options), recipe: recipe.startsWith("{") ? JSON.parse(recipe) : recipe };
}

/** Return the fields that say something. */
function fieldsOf({ recipe, metadata, publish, keepOriginal, callbackUrl }: Options) {
  return {
    recipe,
    ...(Object.keys(metadata).length ? { metadata } : {}),
    ...(publish === null ? {} : { publish }),
    ...(keepOriginal === null ? {} : { keep_original: keepOriginal }),
    ...(callbackUrl ? { callback_url: callbackUrl } : {}),
  };
}
