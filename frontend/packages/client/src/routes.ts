/** Types that tell, for a method and a path of the API, what a request needs and what it gets. */

import type { paths } from "./api";

export type Method = "get" | "post" | "put" | "delete";

/** Paths that have a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends object ? P : never;
}[keyof paths];

export type Operation<M extends Method, P extends PathOf<M>> = paths[P][M];

type PathParameters<Op> = Op extends { parameters: { path: infer Parameters } } ? Parameters : never;
type Query<Op> = Op extends { parameters: { query?: infer Parameters } } ? Parameters : never;
type Body<Op> = Op extends { requestBody?: { content: { "application/json": infer Content } } } ? Content : never;

/** What a request may say. `path` has the parameters in the path, which it must say if there are any. */
export type Parts<Op> = ([PathParameters<Op>] extends [never] ? { path?: never } : { path: PathParameters<Op> }) & {
  query?: Query<Op> & { [key: `metadata.${string}`]: string };
  body?: Body<Op>;
};

type Success<Op> = Op extends { responses: infer Answers } ? Answers[keyof Answers & (200 | 201 | 202 | 204)] : never;

/** The JSON of a successful answer, undefined if it has none. */
export type Content<Op> =
  Success<Op> extends infer Answer
    ? Answer extends { content: { "application/json": infer Json } }
      ? Json
      : undefined
    : never;
