/**
 * What goes wrong with a request:
 *
 *     Unreachable    no answer came: the network is away, or the server is
 *     ApiError       the API refused it, and says why in a problem document (RFC 9457)
 */

import type { components } from "./api";

export type Problem = components["schemas"]["Problem"];

/** No answer came. Whether the request had an effect is not known. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

/** The API refused a request. `message` is the problem's detail, which is written for people. */
export class ApiError extends Error {
  override name = "ApiError";

  constructor(
    readonly problem: Problem,
    /** Seconds after which it makes sense to ask again, or null if the answer does not say. */
    readonly retryAfter: number | null,
  ) {
    super(problem.detail);
  }

  get status(): number {
    return this.problem.status;
  }

  /** The stable name of the error. */
  get code(): string {
    return this.problem.code;
  }
}

/** Return the error that an answer stands for. Proxies answer without a problem document: then its status says all. */
export function errorOf(status: number, body: string, header: (name: string) => string | null): ApiError {
  return new ApiError(problemOf(body) ?? plainProblem(status), secondsOf(header("Retry-After")));
}

function problemOf(body: string): Problem | null {
  try {
    const parsed: unknown = JSON.parse(body);
    return parsed && typeof parsed === "object" && "code" in parsed ? (parsed as Problem) : null;
  } catch {
    return null;
  }
}

function plainProblem(status: number): Problem {
  const isAway = status >= 500;
  return {
    type: "about:blank",
    title: isAway ? "Unavailable" : "Error",
    status,
    detail: isAway ? "Darkroom does not answer at the moment." : `The server answered ${status}.`,
    instance: "",
    code: isAway ? "unavailable" : `http_${status}`,
    limit: null,
    actual: null,
    quota: null,
    used: null,
    fault: null,
    scope: null,
    errors: null,
  };
}

/** Return the seconds of a `Retry-After` header, which has seconds or a date. */
function secondsOf(value: string | null): number | null {
  if (value === null) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}
