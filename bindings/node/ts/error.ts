import type { ErrorKind, Outcome } from "./generated/kinds.js";
import type { ResponseHeaders } from "./headers.js";

/** The members of an error besides its message, for errors made in tests. */
export interface ErrorDetails {
  kind?: ErrorKind | undefined;
  hint?: string | undefined;
  reason?: string | undefined;
  phase?: string | undefined;
  httpStatus?: number | undefined;
  title?: string | undefined;
  body?: string | undefined;
  headers?: ResponseHeaders | undefined;
  operation?: string | undefined;
  method?: string | undefined;
  path?: string | undefined;
  attempts?: number | undefined;
  retryAfterMs?: number | undefined;
  outcome?: Outcome | undefined;
  retryable?: boolean | undefined;
  requestId?: string | undefined;
  occurredAt?: string | undefined;
  supportReport?: string | undefined;
  curl?: string | undefined;
  cause?: unknown;
}

/**
 * Base of every error this SDK throws or rejects with. It never holds the token or a header. The query string, which may
 * name a contact, is in `curl()` alone.
 *
 * Branch on the class (`error instanceof RateLimitError`) or on `code`. `outcome` says if the request may have acted, `hint`
 * gives advice. A member that does not apply is absent.
 */
export class PenboxError extends Error {
  /** The kind of a class's errors. */
  static readonly kind: ErrorKind = "internal";
  static {
    nameClass(this, "PenboxError");
  }

  /**
   * The error's kind, for a program to branch on: `rate_limit`, `not_found`, ... It is the same in every
   * language.
   */
  readonly kind: ErrorKind;
  /** Advice on what to do next, where there is any. */
  declare readonly hint: string | undefined;
  /**
   * A finer cause within the kind: `dns`, `refused`, `truncated`, `decode`, `paused`, ... The page on errors
   * lists them all; more may be added, so match with a fallback.
   */
  declare readonly reason: string | undefined;
  /** The limit that passed, for a timeout: `resolve`, `connect`, `send`, `response`, `body` or `total`. */
  declare readonly phase: string | undefined;
  /** The HTTP status, if the server answered. */
  declare readonly httpStatus: number | undefined;
  /** The `error` member of the API's error body: the reason phrase, such as `Too Many Requests`. */
  declare readonly title: string | undefined;
  /**
   * The answer's body as text, at most 64 KiB, with the client's token blanked should the server echo it. It
   * may hold personal data.
   *
   * `util.inspect`, `JSON.stringify` and the like do not show it.
   */
  declare readonly body: string | undefined;
  /**
   * The answer's headers, if the server answered, with the client's token blanked. They may hold cookies.
   *
   * `util.inspect`, `JSON.stringify` and the like do not show them.
   */
  declare readonly headers: ResponseHeaders | undefined;
  /** The operation's id, such as `forms.create`. */
  declare readonly operation: string | undefined;
  /** The HTTP method. */
  declare readonly method: string | undefined;
  /**
   * The path template, such as `/forms/{id}`: never the path with its values. Of a request of your own it is
   * the path that was given, without its query.
   */
  declare readonly path: string | undefined;
  /** The number of requests that were sent or tried. */
  readonly attempts: number;
  /**
   * The wait that the server requested, from the body's `retryAfter` or the `Retry-After` header, whichever
   * is longer. It has no upper limit; zero is "at once". For a call that was refused unsent it is the time
   * until the call may be sent. In milliseconds.
   */
  declare readonly retryAfterMs: number | undefined;
  /**
   * The effect that the call may have had on the server: `not_sent`, `rejected` (it did not act), `unknown`
   * (it may have acted) or `done` (it acted, and its answer was lost).
   */
  readonly outcome: Outcome;
  /**
   * True if the same call may succeed later and repeating it cannot act twice. False for an upload whose
   * source was read and cannot be read again.
   */
  readonly retryable: boolean;
  /**
   * The id that the server gave the request in `x-request-id`, if it did (inferred: no such header is
   * documented).
   */
  declare readonly requestId: string | undefined;
  /** The time of the error, ISO 8601 in UTC. */
  readonly occurredAt: string;

  readonly #supportReport: string | undefined;
  readonly #curl: string | undefined;

  /** Makes an error. The SDK does so itself; this is public for your own tests. */
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = details.kind ?? new.target.kind;
    this.outcome = details.outcome ?? "not_sent";
    this.retryable = details.retryable ?? false;
    this.attempts = details.attempts ?? 0;
    this.occurredAt = details.occurredAt ?? new Date().toISOString();
    for (const name of OPTIONAL) {
      const value = details[name];
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true });
    }
    if (details.body !== undefined) Object.defineProperty(this, "body", { value: details.body });
    if (details.headers !== undefined) Object.defineProperty(this, "headers", { value: details.headers });
    this.#supportReport = details.supportReport;
    this.#curl = details.curl;
  }

  /** The kind under the name that Node's own errors use. */
  get code(): ErrorKind {
    return this.kind;
  }

  /**
   * The text that Penbox's support asks for: endpoint, time, messages and the token's name, never the token.
   */
  supportReport(): string {
    return this.#supportReport ?? `Penbox support report\nerror: ${this.kind}\nmessage: ${this.message}\n`;
  }

  /** The answer's body as JSON; undefined where it is not JSON, or longer than an error keeps. */
  get bodyJson(): unknown {
    try {
      return this.body === undefined ? undefined : JSON.parse(this.body);
    } catch {
      return undefined;
    }
  }

  /**
   * The failed call as a line for a shell: `curl` with the method, the whole address and the headers. The
   * token is `$PENBOX_API_TOKEN`, and a body is read from `body.json` (an upload's file from `FILE`), since
   * bodies hold contacts. The address has its query, which may name a contact. Extra headers of the call are
   * left out. Absent where no request was made.
   */
  curl(): string | undefined {
    return this.#curl;
  }

  /** Every member but `body`, `headers` and `curl`, for logs. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, code: this.code, message: this.message, ...(this as object) };
  }
}

/** The members that are absent if they do not apply. */
const OPTIONAL = [
  "httpStatus",
  "title",
  "reason",
  "phase",
  "operation",
  "method",
  "path",
  "retryAfterMs",
  "requestId",
  "hint",
] as const;

/** Gives a class's errors their `name`, as Node's own classes have it: on the prototype. @internal */
export function nameClass(type: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(type.prototype, "name", {
    value: name,
    configurable: true,
    writable: true,
  });
}
