/** The webhooks of a job, as people read them. */

import type { Attempt, Deliveries } from "@darkroom/client";

/** Pauses between two looks at the attempts, in milliseconds: until the first one is there, and between the later ones. */
const FIRST_MS = 2000;
const NEXT_MS = 15_000;

const ERRORS: Record<string, string> = {
  timeout: "No answer in time: the receiver has ten seconds.",
  connection_failed: "Nobody listens there, or the connection broke.",
  no_public_address: "The name leads to no public address.",
  tls_failed: "The certificate is not valid for the name.",
  redirect_refused: "The answer was a redirect. Use the URL to which it leads.",
  invalid_response: "The answer was not HTTP.",
  invalid_url: "The URL is no longer accepted.",
};

/** Return what became of an attempt, in a few words. */
export function outcomeOf({ delivered, status, error }: Attempt): string {
  if (delivered) return `Delivered, answered ${status}`;
  if (status === 410) return "Refused for good: answered 410";
  if (error) return ERRORS[error] ?? error;
  return `Not accepted: answered ${status}`;
}

/** Return how long to wait before it makes sense to look again, in milliseconds, or null if nothing more will come by itself. */
export function pauseOf({ callback_url, gone_at, attempts }: Deliveries, hasEnded: boolean): number | null {
  if (!callback_url || gone_at || !hasEnded) return null;
  const [latest] = attempts;
  if (!latest) return FIRST_MS;
  return latest.delivered ? null : NEXT_MS;
}
