/** What a single call may change: the last argument of every method. An unknown option is an InvalidArgumentError. */
export interface CallOptions {
  /** The limit of this call in milliseconds, instead of the client's. */
  timeoutMs?: number | undefined;
  /** The most requests this call makes, the first included, 1 to 100. */
  maxAttempts?: number | undefined;
  /** Repeats this call also where it may have acted: only for what is harmless twice. */
  retryUnsafe?: boolean | undefined;
  /** Extra headers. Those the client sets itself (`Authorization`, `Content-Type`, ...) are refused. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Extra query parameters, for what this SDK does not know. */
  query?: Readonly<Record<string, unknown>> | undefined;
  /** Extra members of the body, for what this SDK does not know. */
  body?: Readonly<Record<string, unknown>> | undefined;
}
