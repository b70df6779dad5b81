/** Sends requests to the API, and turns refusals into errors. */

import { ApiError, errorOf, Unreachable } from "./errors";
import type { Content, Method, Operation, Parts, PathOf } from "./routes";
import type { Upload } from "./upload";

export interface ClientOptions {
  /** Origin of the API; the page's own by default. */
  origin?: string;
  /** Headers of every request, such as the CSRF token of a session or an API key. */
  headers?: () => Record<string, string>;
  /** Called once for a request that is refused. Returns whether it makes sense to send it again. */
  recover?: (error: ApiError) => Promise<boolean>;
}

export interface RequestOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Whether the request goes on after the page is closed. */
  keepalive?: boolean;
  /** Whether an answer that leads elsewhere is the answer, such as a link to a result that need not be loaded. */
  isLinkEnough?: boolean;
  /** The same for each repetition of one request, so that it has one effect. */
  idempotencyKey?: string;
}

export interface Answer<Data> {
  data: Data;
  status: number;
  headers: Headers;
}

/** The options of a request. They may be left out unless the path has parameters. */
type Options<Op> = Parts<Op> extends { path: object } ? [Parts<Op> & RequestOptions] : [(Parts<Op> & RequestOptions)?];
type AnyParts = { path?: object; query?: object; body?: unknown } & RequestOptions;

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/;

export class Client {
  readonly #origin: string;
  readonly #headers: () => Record<string, string>;
  readonly #recover: (error: ApiError) => Promise<boolean>;

  constructor({ origin = "", headers = () => ({}), recover = async () => false }: ClientOptions = {}) {
    this.#origin = origin;
    this.#headers = headers;
    this.#recover = recover;
  }

  async get<P extends PathOf<"get">>(path: P, ...options: Options<Operation<"get", P>>) {
    return (await this.ask("get", path, ...options)).data;
  }

  async post<P extends PathOf<"post">>(path: P, ...options: Options<Operation<"post", P>>) {
    return (await this.ask("post", path, ...options)).data;
  }

  async put<P extends PathOf<"put">>(path: P, ...options: Options<Operation<"put", P>>) {
    return (await this.ask("put", path, ...options)).data;
  }

  async delete<P extends PathOf<"delete">>(path: P, ...options: Options<Operation<"delete", P>>) {
    return (await this.ask("delete", path, ...options)).data;
  }

  /** Send a request. Throws ApiError and Unreachable, and what `fetch` throws if the signal is aborted. */
  async ask<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    ...[options]: Options<Operation<M, P>>
  ): Promise<Answer<Content<Operation<M, P>>>> {
    const answer = await this.send(method, path as string, options as AnyParts | undefined);
    // Some answers without content name a type all the same.
    const isJson = answer.status !== 204 && JSON_TYPE.test(answer.headers.get("Content-Type") ?? "");
    const data = isJson ? await answer.json() : undefined;
    return { data, status: answer.status, headers: answer.headers };
  }

  /** Send a request whose answer is not JSON, such as an image or a stream. Throws as `ask` does. */
  async send(method: Method, path: string, options: AnyParts = {}): Promise<Response> {
    return this.#recovered(async () => {
      const answer = await this.#fetch(method, path, options);
      if (!answer.ok && answer.type !== "opaqueredirect")
        throw errorOf(answer.status, await answer.text(), (name) => answer.headers.get(name));
      return answer;
    });
  }

  /** Send a form to `/uploads`, and tell of its progress. Throws as `ask` does. */
  async upload(wanted: Upload) {
    const { upload } = await import("./upload");
    return this.#recovered(() => upload(this.#origin, this.#headers(), wanted));
  }

  /** Return the address of a path, for links and images. */
  address(path: string, { path: parameters = {}, query = {} }: Pick<AnyParts, "path" | "query"> = {}): string {
    const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
      encodeURIComponent(String((parameters as Record<string, unknown>)[name])),
    );
    const search = new URLSearchParams(pairsOf(query)).toString();
    return this.#origin + filled + (search && `?${search}`);
  }

  async #recovered<Result>(attempt: () => Promise<Result>): Promise<Result> {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof ApiError && (await this.#recover(error))) return attempt();
      throw error;
    }
  }

  async #fetch(method: Method, path: string, { body, headers, signal, ...options }: AnyParts): Promise<Response> {
    const request: RequestInit = {
      method: method.toUpperCase(),
      credentials: "same-origin",
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(options.idempotencyKey ? { "Idempotency-Key": options.idempotencyKey } : {}),
        ...this.#headers(),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
      ...(options.keepalive ? { keepalive: true } : {}),
      ...(options.isLinkEnough ? { redirect: "manual" } : {}),
    };
    try {
      return await fetch(this.address(path, options), request);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Unreachable("Darkroom cannot be reached.", { cause: error });
    }
  }
}

/** Return the pairs of a query. A list is one pair for each item, and what is null or undefined is none. */
function pairsOf(query: object): [string, string][] {
  return Object.entries(query).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter((item) => item !== undefined && item !== null)
      .map((item): [string, string] => [name, String(item)]),
  );
}
