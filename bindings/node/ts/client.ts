/// <reference lib="esnext.disposable" preserve="true" />
import { Caller } from "./caller.js";
import { Resources } from "./generated/resources.js";
import type { PenboxSettings } from "./generated/settings.js";

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
  /** {@link Penbox.close}, for `await using`, where this version of Node knows it. */
  declare [Symbol.asyncDispose]: () => Promise<void>;

  /**
   * Validates the settings and makes a client. A setting that is not given is read from the environment. Sends nothing.
   *
   * @throws ConfigError if no token is found, or if a setting is unknown or not valid.
   */
  constructor(settings: PenboxSettings = {}) {
    const caller = new Caller(settings);
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
