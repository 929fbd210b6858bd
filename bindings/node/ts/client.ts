/// <reference lib="esnext.disposable" preserve="true" />
import { Caller } from "./caller.js";
import { Resources } from "./generated/resources.js";
import type { PenboxSettings } from "./generated/settings.js";

/** What may be known of a client's token without knowing the token. */
export interface Auth {
  /** Where the token was found, in words. */
  readonly source: string;
  /** Eight hexadecimal digits of a hash: enough to tell two tokens apart in a log, never a part of one. */
  readonly fingerprint: string;
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
 * Methods reject with a {@link PenboxError}; `outcome` says whether the request may have acted. An idle client does not
 * keep the process alive, calls in flight do.
 */
export class Penbox extends Resources {
  /** The address the client talks to. */
  readonly baseUrl: string;
  /** What may be known of the token. */
  readonly auth: Auth;
  readonly #caller: Caller;
  /** {@link Penbox.close}, for `await using`, where this version of Node knows it. */
  declare [Symbol.asyncDispose]: () => Promise<void>;

  /**
   * Judges the settings and makes a client; the environment is read for what is not given. Sends nothing.
   *
   * @throws ConfigError where no token is found, or a setting is unknown or not good.
   */
  constructor(settings: PenboxSettings = {}) {
    const caller = new Caller(settings);
    super(caller);
    this.#caller = caller;
    this.baseUrl = caller.native.baseUrl;
    this.auth = Object.freeze({
      source: caller.native.tokenSource,
      fingerprint: caller.native.fingerprint,
    });
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
