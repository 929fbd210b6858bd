/** An AbortSignal, or an object that works like one. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Options of a single call, the last argument of every method. An unknown option is an InvalidArgumentError. */
export interface CallOptions {
  /**
   * Ends this call, or the fetching of this list. It rejects with a CancelledError, whose `cause` is the signal's reason and
   * whose `outcome` says what is known by then. A call whose signal is aborted already sends nothing.
   */
  signal?: AbortSignalLike | undefined;
  /**
   * The limit of this call as a whole, its waits included, in milliseconds, instead of the client's. Unlike the client's it also
   * holds for calls that move a file.
   */
  timeoutMs?: number | undefined;
  /** The most requests this call makes, the first included, 1 to 100. */
  maxAttempts?: number | undefined;
  /** Repeats this call even if it may have acted. Only for calls that do no harm when they act twice. */
  retryUnsafe?: boolean | undefined;
  /**
   * Extra headers: an object, `Headers`, or pairs of a name and a value. Those the client sets itself (`Authorization`,
   * `Content-Type`, ...) are refused.
   */
  headers?: Readonly<Record<string, string | undefined>> | Iterable<readonly [string, string]> | undefined;
  /**
   * Extra query parameters that this SDK does not know: an object, `URLSearchParams`, or pairs of a name and a value. A repeated
   * name is sent repeatedly.
   */
  query?: Readonly<Record<string, unknown>> | Iterable<readonly [string, unknown]> | undefined;
  /** Extra members of the body that this SDK does not know. */
  body?: Readonly<Record<string, unknown>> | undefined;
}
