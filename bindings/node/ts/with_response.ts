/** Results with the HTTP side of their answers. */
import type { Resources } from "./generated/resources.js";
import { ResponseHeaders } from "./headers.js";
import type { Page } from "./page.js";
import type { Pager } from "./pager.js";

/** The HTTP side of an answer. */
export interface HttpResponse {
  /** The HTTP status. */
  readonly status: number;
  /** The answer's headers, with the client's token blanked. */
  readonly headers: ResponseHeaders;
  /** The id that the server gave the request in `x-request-id`, if it did (inferred: no such header is documented). */
  readonly requestId: string | undefined;
  /** The number of requests that were sent or tried; 0 for an answer of the cache. */
  readonly attempts: number;
  /** The milliseconds from the call to the last byte, its waits and repeats included. */
  readonly elapsedMs: number;
  /** True for an answer that the client had in its cache, or that another call was getting. */
  readonly fromCache: boolean;
  /** The milliseconds since the server sent an answer of the cache; undefined for any other. */
  readonly ageMs: number | undefined;
}

/** A result with the HTTP side of the answer that it is from. */
export interface WithResponse<T> extends HttpResponse {
  /** The result of the call. */
  readonly data: T;
}

/** The pages of a list, each with the HTTP side of its answer. `for await` walks them under the rules of {@link Pager}. */
export interface PagesWithResponse<T> extends AsyncIterable<WithResponse<Page<T>>> {
  /** One page by its number, from 1, with all its items. It may be repeated. */
  page(number: number): Promise<WithResponse<Page<T>>>;
}

/** The methods of a resource, whose results have the HTTP side of their answers. */
export type ResourceWithResponse<R> = {
  readonly [M in keyof R]: R[M] extends (...args: infer A) => Pager<infer T>
    ? (...args: A) => PagesWithResponse<T>
    : R[M] extends (...args: infer A) => Promise<infer T>
      ? (...args: A) => Promise<WithResponse<T>>
      : R[M];
};

/** The resources of a client, whose results have the HTTP side of their answers. */
export type ResourcesWithResponse = {
  readonly [R in keyof Resources]: ResourceWithResponse<Resources[R]>;
};

/** The HTTP side as the addon sends it. */
interface Head {
  status: number;
  headers: [string, string][];
  request_id: string | null;
  attempts: number;
  elapsed_ms: number;
  age_ms: number | null;
}

/** Joins a result and its HTTP side. @internal */
export function withResponse<T>(data: T, text: string | undefined): WithResponse<T> {
  const head = JSON.parse(text ?? "{}") as Head;
  return Object.freeze({
    data,
    status: head.status,
    headers: new ResponseHeaders(head.headers),
    requestId: head.request_id ?? undefined,
    attempts: head.attempts,
    elapsedMs: head.elapsed_ms,
    fromCache: head.age_ms !== null,
    ageMs: head.age_ms ?? undefined,
  });
}
