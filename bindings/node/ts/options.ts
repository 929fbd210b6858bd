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
   * The `AbortSignal` that ends the call from elsewhere. If it is cancelled already, nothing is sent.
   *
   * The call, or the fetching of the list, rejects with a CancelledError, whose `cause` is the signal's reason and whose
   * `outcome` says what is known by then.
   */
  signal?: AbortSignalLike | undefined;
  /**
   * The limit of the call as a whole, its waits included, instead of the client's limits for calls and for
   * files. In milliseconds. Range: 1 ms to 24 h.
   */
  timeoutMs?: number | undefined;
  /**
   * The most requests that the call makes, the first included, instead of the client's number. Range: 1 to
   * 100.
   */
  maxAttempts?: number | undefined;
  /**
   * Repeats the call even if the server may have acted. Only for calls that do no harm when they act twice,
   * such as a lookup sent as a POST.
   */
  retryUnsafe?: boolean | undefined;
  /**
   * Requests the answer from the server, although the client's cache has one, and keeps the new one there. It
   * has no effect without `cache_ttl`, and on calls that are never cached.
   */
  fresh?: boolean | undefined;
  /**
   * Extra headers. Those that the client sets itself (`Authorization`, `Content-Type`, ...) are refused.
   *
   * An object, `Headers`, or pairs of a name and a value.
   */
  headers?: Readonly<Record<string, string | undefined>> | Iterable<readonly [string, string]> | undefined;
  /**
   * Extra query parameters, for what this SDK does not know.
   *
   * An object, `URLSearchParams`, or pairs of a name and a value. A repeated name is sent repeatedly.
   */
  query?: Readonly<Record<string, unknown>> | Iterable<readonly [string, unknown]> | undefined;
  /** Extra members of the body, for what this SDK does not know. */
  body?: Readonly<Record<string, unknown>> | undefined;
}
