/// <reference lib="esnext.disposable" preserve="true" />
import { Caller, type Opened } from "./caller.js";
import type { CheckOptions, CheckReport } from "./check.js";
import { frozen } from "./frozen.js";
import { Resources } from "./generated/resources.js";
import type { PenboxSettings } from "./generated/settings.js";
import type { CallOptions } from "./options.js";
import { refused } from "./raise.js";
import type { CacheStats, RequestParts } from "./request.js";
import type { Stats } from "./usage.js";
import type { ResourcesWithResponse, WithResponse } from "./with_response.js";

/** Facts about a client's token that may be shown: none is the token or a part of it. */
export interface Auth {
  /** The place where the token was found, in words. */
  readonly source: string;
  /**
   * Eight hexadecimal digits of a hash of the token, which tell two tokens apart in a log. Undefined before a `tokenProvider` or a
   * `tokenCommand` was asked, which is at the first call.
   */
  readonly fingerprint: string | undefined;
}

/** A client whose calls return their HTTP side, too: see {@link Penbox.withResponse}. */
export type PenboxWithResponse = ResourcesWithResponse & {
  /** {@link Penbox.request} with the HTTP side of the answer. */
  request<T = unknown>(
    method: string,
    path: string,
    parts?: RequestParts,
    options?: CallOptions,
  ): Promise<WithResponse<T>>;
};

/** The view of a client that records the HTTP side. */
class Recording extends Resources {
  readonly #caller: Caller;

  constructor(origin: Caller) {
    const caller = new Caller(origin);
    super(caller);
    this.#caller = caller;
  }

  request(method: string, path: string, parts?: RequestParts, options?: CallOptions): Promise<unknown> {
    return this.#caller.request(method, path, parts, options);
  }
}

/**
 * A client of the Penbox API.
 *
 * ```ts
 * const client = new Penbox(); // the token is read from PENBOX_API_TOKEN
 * const form = await client.forms.create({
 *   flow: { slug: "client-onboarding" },
 *   user: { email: "john@example.com" },
 * });
 * for await (const each of client.forms.list({ completed: true })) console.log(each.id);
 * ```
 *
 * Methods reject with a {@link PenboxError}, whose `outcome` says if the request may have acted. Calls in flight keep the
 * process alive, an idle client does not.
 */
export class Penbox extends Resources {
  /** The API's address with its version. */
  readonly baseUrl: string;
  readonly #caller: Caller;
  #recording: PenboxWithResponse | undefined;
  /** {@link Penbox.close}, for `await using`, where this version of Node knows it. */
  declare [Symbol.asyncDispose]: () => Promise<void>;

  /**
   * Validates the settings and makes a client. A setting that is not given is read from the environment. Sends nothing.
   *
   * @throws ConfigError if no token is found, or if a setting is unknown or not valid.
   */
  constructor(settings: PenboxSettings = {}) {
    // The settings of a recording's client are an object of the package's own.
    const caller = new Caller(settings as PenboxSettings | Opened);
    super(caller);
    this.#caller = caller;
    this.baseUrl = caller.native.baseUrl;
  }

  /** Facts about the token that may be shown, as they are now. */
  get auth(): Auth {
    const { tokenSource, fingerprint } = this.#caller.native;
    return Object.freeze({ source: tokenSource, fingerprint: fingerprint ?? undefined });
  }

  /**
   * Replaces the token, without a break: calls in flight keep theirs, later ones take the new one, and so do repeats of calls
   * whose old token is refused. A pause after a 429 ends, since it belongs to the old token. From then on no provider, command or
   * file is asked.
   *
   * @throws ConfigError for what is no token, and ClosedError after `close`. The token in use then stays.
   */
  setToken(token: string): void {
    this.#caller.setToken(token);
  }

  /**
   * The same methods, each of which returns its result with the HTTP side of the answer: `data`, `status`, `headers`, `requestId`,
   * `attempts`, `elapsedMs`. A list is iterated by pages. Where a call makes several requests, as `extract` does, it is that of the
   * last one.
   *
   * ```ts
   * const { data, status, headers } = await client.withResponse.forms.get("8b0f3a52");
   * ```
   */
  get withResponse(): PenboxWithResponse {
    this.#recording ??= new Recording(this.#caller) as unknown as PenboxWithResponse;
    return this.#recording;
  }

  /**
   * Sends a request that no method of this SDK makes: for the deprecated addresses (`/requests`, `/flows`, `/companies`) and for what
   * the API adds later. The path is relative to the base URL. An answer without a body is null.
   *
   * It goes the way of every other call, with its repeats, limits and errors. GET and HEAD are repeated after a failure, other
   * methods only where nothing can have happened, unless `safe` is true. The error's `operation` is `request`.
   *
   * ```ts
   * const flows = await client.request("GET", "/flows", { query: { "page[size]": 5 } });
   * ```
   *
   * @throws PenboxError, as a rejection: an InvalidArgumentError, before anything is sent, for a path that is absolute or may lead
   * elsewhere, a method that is none, and a header that the client sets itself.
   */
  request<T = unknown>(
    method: string,
    path: string,
    parts?: RequestParts,
    options?: CallOptions,
  ): Promise<T> {
    return this.#caller.request(method, path, parts, options) as Promise<T>;
  }

  /** Forgets the answers that the client keeps (`cacheTtlMs`). The next calls request them anew. */
  clearCache(): void {
    this.#caller.native.clearCache();
  }

  /**
   * Tells the calls of `forms.waitCompleted` that a form has changed, as a verified webhook reports it: they look at once, instead
   * of after their pause. Returns the number of calls that wait for the form with this client. Sends nothing.
   *
   * A webhook is a hint and no proof, so the wait itself reads the form once more.
   *
   * ```ts
   * client.notifyForm(event.request.id);
   * ```
   *
   * @throws InvalidArgumentError where the id is no text.
   */
  notifyForm(id: string): number {
    if (typeof id !== "string") throw refused("the form's id must be text");
    return this.#caller.native.notifyForm(id);
  }

  /** The use of the client's cache so far; all zero where it keeps nothing. */
  cacheStats(): CacheStats {
    const [hits, misses, entries, bytes] = this.#caller.native.cacheStats();
    return { hits, misses, entries, bytes };
  }

  /**
   * The usage of this client in this process so far: calls, waits, bytes, times, errors. It is frozen, and does not change later.
   * Sends nothing; may be called at any time, after `close` too. {@link processStats} has the same by token, over all clients of
   * the process.
   *
   * ```ts
   * const { calls, repeats, rateLimited, lastUsedAt } = client.stats();
   * ```
   */
  stats(): Stats {
    return frozen<Stats>(this.#caller.native.stats());
  }

  /**
   * Checks the token, the settings, the connection and the clock, and says of each finding what to do. It sends one
   * `GET /workspaces` and no more; a call that fails is a finding and no rejection. The report can be pasted anywhere.
   *
   * ```ts
   * const report = await client.check({ workspace: "acme" });
   * if (!report.ok) console.error(String(report));
   * ```
   *
   * @throws ClosedError if the client is closed, CancelledError if the call's signal ended it.
   */
  check(what?: CheckOptions, options?: CallOptions): Promise<CheckReport> {
    return this.#caller.check(what, options);
  }

  /**
   * Ends the client: calls in flight and later ones reject with a ClosedError. Resolves once every call has ended.
   * It never rejects and may be called again.
   */
  close(): Promise<void> {
    return this.#caller.close();
  }
}

// Node 20 before 20.5 has no such symbol.
if (typeof Symbol.asyncDispose === "symbol") {
  Object.defineProperty(Penbox.prototype, Symbol.asyncDispose, {
    value(this: Penbox): Promise<void> {
      return this.close();
    },
    configurable: true,
    writable: true,
  });
}
