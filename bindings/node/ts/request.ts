/** Requests that no operation makes. */
import { isPlain, textOf } from "./json.js";
import { headersOf } from "./pairs.js";
import { refused } from "./raise.js";

/** The parts of a request besides its method and its path. */
export interface RequestParts {
  /** The query parameters. An object is sent in brackets (`user[email]=..`), a list as repeated pairs. */
  query?: Readonly<Record<string, unknown>> | undefined;
  /** The body, which is sent as JSON. Without it, and with null, there is none. */
  body?: unknown;
  /**
   * True if the request may be sent twice without acting twice. Unless it is given, GET and HEAD are safe and all other methods
   * are not.
   */
  safe?: boolean | undefined;
  /** Extra headers. Those that the client sets itself (`Authorization`, `Content-Type`, ...) are refused. */
  headers?: Readonly<Record<string, string | undefined>> | Iterable<readonly [string, string]> | undefined;
}

/** The use of a client's cache so far. */
export interface CacheStats {
  /** The calls that were answered without a request of their own: from memory, or by the request of another call. */
  readonly hits: number;
  /** The calls that sent a request although the cache could have answered. */
  readonly misses: number;
  /** The answers in memory. */
  readonly entries: number;
  /** The bytes of those answers. */
  readonly bytes: number;
}

/** The parts as JSON text. Throws an InvalidArgumentError. @internal */
export function partsOf(parts: RequestParts | undefined): string {
  if (parts === undefined) return "";
  if (!isPlain(parts)) throw refused("the parts of a request must be an object: { query, body, safe, headers }");
  return textOf("parameters", { ...parts, headers: headersOf((parts as RequestParts).headers) });
}
