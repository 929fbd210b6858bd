/** What hooks are told, and what a logger is. */

/** The members that the events of requests have in common. */
interface Attempted {
  /** The operation, such as `forms.create`. */
  readonly operation: string;
  /** The HTTP method. */
  readonly method: string;
  /** The path template, such as `/forms/{id}`: never the path with its values. */
  readonly path: string;
  /** The number of the attempt within its call, from 1. */
  readonly attempt: number;
}

/** A request that is about to be sent, for `onRequest`. */
export interface RequestEvent extends Attempted {
  /**
   * The headers to add to this attempt, empty at first. One that the client sets itself, such as `Authorization`, is refused: the call
   * rejects with an InvalidArgumentError, and the attempt is not sent.
   */
  readonly headers: Record<string, string>;
}

/** The end of an attempt, for `onResponse`. */
export interface ResponseEvent extends Attempted {
  /** The HTTP status, if the server answered. */
  readonly httpStatus: number | undefined;
  /** The id that the server gave the request, if it did. */
  readonly requestId: string | undefined;
  /** The time of the attempt in milliseconds, without the waits before it. */
  readonly elapsedMs: number;
  /** The wait that the server requested, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The `code` of the attempt's error, such as `rate_limit`; undefined for a success. */
  readonly error: string | undefined;
  /** The outcome of the attempt's error; undefined for a success. */
  readonly outcome: string | undefined;
}

/** A repeat that is about to be waited for, for `onRetry`. Its `attempt` is the one that failed. */
export interface RetryEvent extends Attempted {
  /** The wait before the next attempt, in milliseconds. */
  readonly waitMs: number;
  /** The `code` of the failed attempt's error. */
  readonly error: string;
  /** The finer cause within the kind, such as `reset`. */
  readonly reason: string | undefined;
  /** The HTTP status of the failed attempt, if the server answered. */
  readonly httpStatus: number | undefined;
}

/** The beginning of an episode of unusual use, for `onAlert`. */
export interface Alert {
  /** The rule that was broken: `calls` or `refusals`. */
  readonly rule: string;
  /** The calls of this minute so far, or the refusals in a row. */
  readonly count: number;
  /** The usual calls of a minute, for the rule `calls`. */
  readonly usual: number | undefined;
  /** The alert in a sentence. */
  readonly message: string;
}

/** The functions that a logger may have. `console` is one, and so are the loggers of pino and winston. */
export interface Logger {
  debug?(line: string): unknown;
  info?(line: string): unknown;
  warn?(line: string): unknown;
  error?(line: string): unknown;
}

/** The levels of a logger's lines. */
export type LogLevel = "debug" | "info" | "warn" | "error";
