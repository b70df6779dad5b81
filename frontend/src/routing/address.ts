/** Addresses of pages. Elsewhere paths are written without the prefix `/app`: "/", "/jobs/01a2". */

export const BASE = import.meta.env.BASE_URL.replace(/\/$/, "");

/** Return the address of a path, for links. */
export function href(path: string, query: URLSearchParams | Record<string, string> = {}): string {
  const search = new URLSearchParams(query).toString();
  return BASE + path + (search && `?${search}`);
}

/** Return the path that a login leads to: what `?next=` says, if it is one of this application. */
export function nextPath(next: string | null): string {
  // "//host" and "/\host" are addresses of other hosts to browsers.
  return next && /^\/(?![/\\])/.test(next) && !/^\/login\b/.test(next) ? next : "/";
}
