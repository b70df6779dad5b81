/** Sends a file as a form, by XMLHttpRequest: `fetch` does not tell how much has been sent. */

import type { components } from "./api";
import { errorOf, Unreachable } from "./errors";

export interface Upload {
  /** The part `file`, and beside it the fields of the form. */
  form: FormData;
  idempotencyKey: string;
  /** Called with the bytes that have been sent, of all bytes of the form. */
  onProgress?: (sent: number, total: number) => void;
  signal?: AbortSignal;
}

type Accepted = components["schemas"]["JobBody"] | components["schemas"]["ReceiptBody"];

/** Return the new job. Throws ApiError, Unreachable, and a DOMException `AbortError` if the signal is aborted. */
export function upload(origin: string, headers: Record<string, string>, wanted: Upload): Promise<Accepted> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open("POST", `${origin}/uploads`);
    for (const [name, value] of Object.entries({ ...headers, "Idempotency-Key": wanted.idempotencyKey }))
      request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => wanted.onProgress?.(event.loaded, event.total);
    request.onload = () => {
      const { status, responseText } = request;
      if (status < 400) resolve(JSON.parse(responseText) as Accepted);
      else reject(errorOf(status, responseText, (name) => request.getResponseHeader(name)));
    };
    request.onerror = () => reject(new Unreachable("The connection broke while the file was sent."));
    request.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    request.onloadend = () => wanted.signal?.removeEventListener("abort", abort);
    if (wanted.signal?.aborted) return request.onabort?.(new ProgressEvent("abort"));
    wanted.signal?.addEventListener("abort", abort);
    request.send(wanted.form);
  });
}
