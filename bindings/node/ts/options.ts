/** An AbortSignal. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** What a single call may change: the last argument of every method. An unknown option is an InvalidArgumentError. */
export interface CallOptions {
  /**
   * Ends this call, or the fetching of this list: it rejects with a CancelledError whose `cause` is the signal's reason and
   * whose `outcome` says what is known by then. Of a call whose signal was aborted before, nothing is sent.
   */
  signal?: AbortSignalLike | undefined;
  /**
   * The limit of this call as a whole, its waits included, in milliseconds, instead of the client's. It holds for calls that
   * move a file, too, which the client's does not.
   */
  timeoutMs?: number | undefined;
  /** The most requests this call makes, the first included, 1 to 100. */
  maxAttempts?: number | undefined;
  /** Repeats this call also where it may have acted: only for what is harmless twice. */
  retryUnsafe?: boolean | undefined;
  /**
   * Extra headers: an object, `Headers`, or pairs of a name and a value. Those the client sets itself (`Authorization`,
   * `Content-Type`, ...) are refused.
   */
  headers?: Readonly<Record<string, string | undefined>> | Iterable<readonly [string, string]> | undefined;
  /**
   * Extra query parameters, for what this SDK does not know: an object, `URLSearchParams`, or pairs of a name and a value. A
   * name that comes again is sent again.
   */
  query?: Readonly<Record<string, unknown>> | Iterable<readonly [string, unknown]> | undefined;
  /** Extra members of the body, for what this SDK does not know. */
  body?: Readonly<Record<string, unknown>> | undefined;
}
