/** Says in plain words what went wrong, and what to do about it. */

import { ApiError, Unreachable } from "@darkroom/client";

export interface Explanation {
  title: string;
  text: string;
  /** The stable name of the error, for people who report it. Empty if there is none. */
  code: string;
  /** Seconds after which the same request may succeed, or null if the answer does not say. */
  retryAfter: number | null;
  /** Whether the same request may succeed later. */
  canRetry: boolean;
}

/** Titles by code. The API's own text, which has the figures, comes below. */
const TITLES: Record<string, string> = {
  unreachable: "No connection",
  unavailable: "Darkroom is busy or restarting",
  rate_limited: "Too many requests",
  quota_exceeded: "The quota is used up",
  unauthenticated: "You are not logged in",
  forbidden: "This is not allowed",
  not_found: "Not found",
  conflict: "Not possible at the moment",
  under_way: "Already in progress",
  original_gone: "The original is gone",
  upload_too_large: "The file is too large",
  unsupported_media_type: "Unsupported format",
  image_too_large: "The image has too many pixels",
  invalid_recipe: "The recipe is not valid",
  recipe_too_large: "The recipe is too long",
  precondition_failed: "Somebody else has changed this",
  malformed_request: "The request was not understood",
};

const LATER = new Set(["unreachable", "unavailable", "rate_limited", "quota_exceeded", "under_way"]);

/** Explain an error of the client. Everything else is a fault of this page. */
export function explain(error: unknown): Explanation {
  if (error instanceof Unreachable)
    return explained("unreachable", "Darkroom cannot be reached. Check your network and try again.", null);
  if (error instanceof ApiError) return explained(error.code, error.message, error.retryAfter, error.status >= 500);
  return {
    title: "Something went wrong",
    text: "This page has a fault. Load it again; if that does not help, report it.",
    code: error instanceof Error ? error.name : "",
    retryAfter: null,
    canRetry: true,
  };
}

function explained(code: string, text: string, retryAfter: number | null, isServerFault = false): Explanation {
  return {
    title: TITLES[code] ?? "Something went wrong",
    text,
    code,
    retryAfter,
    canRetry: isServerFault || LATER.has(code),
  };
}
