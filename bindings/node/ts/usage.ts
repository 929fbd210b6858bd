/** What is told of the use of clients: their stats. */
import { bridge } from "./calls.js";
import { frozen } from "./frozen.js";

/** The calls that took no longer than `upToMs`, and longer than the step before. */
export interface HistogramStep {
  /** The upper end in milliseconds; undefined for the last step, which has none. */
  readonly upToMs: number | undefined;
  /** The calls of this step. */
  readonly calls: number;
}

/** The calls of one operation that ended. */
export interface OperationStats {
  /** The calls that ended. */
  readonly calls: number;
  /** Those that failed. */
  readonly errors: number;
  /** The time of all in milliseconds, waits and repeats included. */
  readonly totalMs: number;
  /** The time of the longest in milliseconds. */
  readonly maxMs: number;
  /** The calls by their time. */
  readonly histogram: readonly HistogramStep[];
}

/** The rest of one rate of `rateLimit`. */
export interface RateLeft {
  /** The most requests in a window. */
  readonly requests: number;
  /** The length of the window in milliseconds. */
  readonly windowMs: number;
  /** The requests that may be sent at once. */
  readonly left: number;
}

/** The end of an operation, as the server announced it. */
export interface Deprecation {
  /** The operation, such as `caseTemplates.list`. */
  readonly operation: string;
  /** The header `Deprecation`, as it came. */
  readonly deprecated: string | undefined;
  /** The header `Sunset`, as it came: after that date the operation may be gone. */
  readonly sunset: string | undefined;
}

/**
 * The usage of a client in this process, or that of a token over all clients of the process. It is frozen, and does not change later.
 *
 * A call is one request of the program to the API: a page of a list, one look at a result that is polled. What is refused before a
 * call begins, such as an argument, counts nowhere, nor does a call that the cache answers: see {@link Penbox.cacheStats}.
 */
export interface Stats {
  /** Eight hexadecimal digits of a hash of the present token; undefined while no token is known. */
  readonly tokenFingerprint: string | undefined;
  /** The name that the token has in Penbox's settings, where the client was given it (`tokenName`). */
  readonly tokenName: string | undefined;
  /** The clients that are counted here. */
  readonly clients: number;
  /** The time since which is counted, ISO 8601 in UTC. */
  readonly since: string;
  /** The time at which the last call ended, ISO 8601 in UTC; undefined before the first. */
  readonly lastUsedAt: string | undefined;
  /** The calls that began. */
  readonly calls: number;
  /** The requests that were sent or tried. */
  readonly attempts: number;
  /** The attempts that followed another of the same call. */
  readonly repeats: number;
  /** The answers with the status 429. */
  readonly rateLimited: number;
  /** The waits for a time: between two attempts, after a 429, for a `rateLimit`. */
  readonly waits: number;
  /** The time of these waits together, in milliseconds. */
  readonly waitedMs: number;
  /** The bytes written to connections: requests with their heads, and what TLS and proxies need. */
  readonly bytesSent: number;
  /** The bytes read from connections. */
  readonly bytesReceived: number;
  /** The calls that failed, by the error's `code`. Those that did not occur are not there. */
  readonly errors: Readonly<Partial<Record<string, number>>>;
  /** The calls that ended, by operation, such as `forms.create`. Operations that were not called are not there. */
  readonly operations: Readonly<Partial<Record<string, OperationStats>>>;
  /** The hooks that failed. */
  readonly hookErrors: number;
  /** The alerts that were raised. */
  readonly alerts: number;
  /** The rules of unusual use that are broken now: `calls`, `refusals`. */
  readonly unusual: readonly string[];
  /** The operations that the server declared deprecated, as this client met them. */
  readonly deprecations: readonly Deprecation[];
  /** The rest of the pause that a 429 asked for, in milliseconds; undefined without one, and for a token as a whole. */
  readonly pausedForMs: number | undefined;
  /** The rest of each rate of `rateLimit`; empty without one, and for a token as a whole. */
  readonly rateLeft: readonly RateLeft[];
}

/**
 * The usage of all clients of this process, ended ones and those of other worker threads included: one entry a token, the one used
 * last first. Of tokens without a client left the last thousand are known.
 *
 * A client whose token was replaced counts for both: until then for the old one, from then on for the new one. Calls that never got
 * a token are in an entry without a fingerprint. Sends nothing, and may be called at any time.
 *
 * ```ts
 * for (const { tokenFingerprint, calls, lastUsedAt } of processStats()) console.log(tokenFingerprint, calls, lastUsedAt);
 * ```
 */
export function processStats(): readonly Stats[] {
  return frozen<readonly Stats[]>(bridge.processStats());
}
