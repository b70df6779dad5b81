/**
 * Content security policy of the pages under `npm run preview`, as the upload service sends it.
 *
 * The storage of `make run` is at another origin, to which links to images lead.
 */
const STORAGE = process.env.DARKROOM_STORAGE ?? "http://localhost:4566";

export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  `img-src 'self' blob: ${STORAGE}`,
  `connect-src 'self' ${STORAGE}`,
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types svelte-trusted-html",
].join("; ");
