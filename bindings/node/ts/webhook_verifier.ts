/** The verifier of webhooks. */
import { types } from "node:util";
import { bytesOf } from "./bytes.js";
import { bridge } from "./calls.js";
import { bodyOf, headersOf, type DeliveryBody, type DeliveryHeaders } from "./delivery.js";
import { environment } from "./environment.js";
import { CancelledError, ConfigError } from "./generated/errors.js";
import type { PenboxSettings } from "./generated/settings.js";
import type { WebhookEvent as Members } from "./generated/models.js";
import { isPlain } from "./json.js";
import { KeyQueue, type Unkeyed } from "./key_queue.js";
import type { NativeVerifier } from "./native.js";
import type { AbortSignalLike } from "./options.js";
import { errorOf, refused } from "./raise.js";
import { isStore, type ReplayStore } from "./replay_store.js";
import { endedBy, signalOf } from "./signal.js";
import { eventOf, type WebhookEvent } from "./webhook_event.js";

/** The settings of a verifier. An unknown or ill-typed setting is a ConfigError. */
export interface WebhookVerifierSettings {
  /**
   * The keys to trust, instead of fetching the issuer's: a JWK or a JWKS as JSON text or as an object, or PEM text with one public key or
   * several. Nothing is fetched then, so a key that the issuer changes has to be changed here. Default: none.
   */
  keys?: string | object | undefined;
  /**
   * The address of the issuer's key set (a JWKS). Plain http is accepted for loopback only. Default: `.well-known/jwks.json` at the issuer
   * (inferred: the API's page does not name the place).
   */
  keysUrl?: string | undefined;
  /** The issuer that tokens must name, exactly: with its slash at the end. Default: `https://connect.penbox.io/`. */
  issuer?: string | undefined;
  /** The algorithms that are accepted. Default: `["RS256"]` (inferred: the API's page names none). */
  algorithms?: readonly WebhookAlgorithm[] | undefined;
  /** The HTTP method of deliveries, exactly as the request line has it. Default: `POST` (inferred). */
  method?: string | undefined;
  /**
   * The difference between the clocks of Penbox and of this machine that is accepted, up to a day. In milliseconds. Default: 60 s.
   */
  leewayMs?: number | undefined;
  /** The limit of a request for keys, from a millisecond to a day. In milliseconds. Default: 10 s. */
  timeoutMs?: number | undefined;
  /**
   * Accepts each delivery once: `unwrap` refuses a repeat as `replayed`. With `true` the accepted deliveries are kept in the process's
   * memory, the last 65,536 of them; receivers of several processes give a store that they share. A receiver that fails after `unwrap` calls
   * `forget`, or the repeat that it asks Penbox for is refused. Default: false.
   */
  rememberDeliveries?: boolean | ReplayStore | undefined;
  /**
   * The settings of a client that hold for the requests for keys, too. What is not given is read from the environment, as a client does. No
   * token is sent. Default: none.
   */
  network?: WebhookNetwork | undefined;
  /** The time in milliseconds since 1970, for tests with a recorded delivery, which has expired since. Default: `Date.now`. */
  clock?: (() => number) | undefined;
}

/** The settings of a client that hold for the requests for keys, too. */
export type WebhookNetwork = Pick<
  PenboxSettings,
  | "proxy"
  | "noProxy"
  | "caFile"
  | "clientCert"
  | "clientKey"
  | "connectTimeoutMs"
  | "readTimeoutMs"
  | "userAgentSuffix"
>;

/** An algorithm of a delivery's signature. */
export type WebhookAlgorithm = "RS256" | "RS384" | "RS512" | "ES256";

/** Options of a verifier's methods. */
export interface WebhookOptions {
  /**
   * The signal that ends the wait for keys. The delivery is then not accepted, and rejects with a CancelledError whose `cause` is the
   * signal's reason; the request for keys goes on, for other deliveries.
   */
  signal?: AbortSignalLike | undefined;
}

/** A step of the verifier. */
type Step = "verify" | "unwrap" | "forget";

/** The addon's decision of a step. */
interface Decision {
  readonly id: string;
  readonly ttl_ms: number;
  readonly event: Members;
}

/**
 * The verifier of the deliveries to one address. It checks that a request comes from Penbox, is meant for this address, and is as it was
 * sent. Make one and keep it; it needs no API token.
 *
 * ```ts
 * const verifier = new WebhookVerifier("https://example.com/hooks/penbox");
 *
 * app.post("/hooks/penbox", express.raw({ type: "*\/*" }), async (req, res) => {
 *   const event = await verifier.unwrap(req, req.body);
 *   if (event.has("responses:completed")) queue.add(event.request?.id);
 *   res.sendStatus(204);
 * });
 * ```
 *
 * The issuer's keys are fetched at the first delivery, on a thread of the package's own, and count for ten minutes. Every other delivery is
 * decided at once, in a fraction of a millisecond on the JavaScript thread, which a detour to another thread would not make less. The process
 * is kept alive while keys are fetched, and not by the verifier.
 */
export class WebhookVerifier {
  readonly #native: NativeVerifier;
  readonly #queue: KeyQueue;
  readonly #store: ReplayStore | undefined;
  readonly #clock: (() => number) | undefined;

  /**
   * Validates the settings. Sends nothing.
   *
   * @param url The whole public address of the receiver, exactly as it was given to Penbox in a form's `webhooks`, whatever a proxy makes of
   * it.
   * @throws ConfigError, which says what is wrong. The reason is `insecure_http` for keys on plain http, and `weak_key` for a pinned RSA key
   * of less than 2,048 bits.
   */
  constructor(url: string, settings: WebhookVerifierSettings = {}) {
    if (typeof url !== "string")
      throw new ConfigError("the verifier's address must be text", {
        hint: "Give it exactly as it was given to Penbox in the form's webhooks. A URL object may write it in another way.",
      });
    if (!isPlain(settings)) throw unfit("the settings of a verifier must be an object");
    const { network = {}, clock, rememberDeliveries, keys, ...rest } = settings;
    if (!isPlain(network)) throw unfit("the verifier's setting network must be an object");
    if (clock !== undefined && typeof clock !== "function") throw unfit("the verifier's setting clock must be a function");
    this.#store = isStore(rememberDeliveries) ? rememberDeliveries : undefined;
    this.#clock = clock as (() => number) | undefined;
    const text = JSON.stringify({
      ...rest,
      keys: keysText(keys),
      // The addon refuses what is neither a store nor a boolean.
      rememberDeliveries: this.#store === undefined ? (rememberDeliveries ?? undefined) : undefined,
    });
    // A client's own variables have no say in a verifier.
    const variables = environment(bridge.variables().filter((name) => !name.startsWith("PENBOX_")));
    const native = bridge.verifier(url, text, JSON.stringify(network), variables, clock !== undefined);
    if (typeof native === "string") throw errorOf(native);
    this.#native = native;
    this.#queue = new KeyQueue(native);
  }

  /**
   * Verifies a delivery. It may be called again for the same one: the replay guard is that of `unwrap`.
   *
   * @param headers The request, or its headers.
   * @param body The bytes as they were received.
   * @throws WebhookVerificationError, as a rejection, for a delivery that must not be trusted; `reason` says why. Where the issuer's keys
   * could not be fetched, the error is that of the request (an APIConnectionError, ..), and `retryable` if it may pass: answer 503. An
   * InvalidArgumentError for a body that is no bytes.
   */
  async verify(headers: DeliveryHeaders, body: DeliveryBody, options?: WebhookOptions): Promise<void> {
    await this.#decide("verify", headers, bodyOf(body), options);
  }

  /**
   * Verifies a delivery and reads its body. With `rememberDeliveries` each delivery is accepted once.
   *
   * @throws What `verify` throws, and a WebhookVerificationError with the reasons `replayed`, `replay_store`, and `decode` for a signed body
   * that is no JSON object.
   */
  async unwrap(headers: DeliveryHeaders, body: DeliveryBody, options?: WebhookOptions): Promise<WebhookEvent> {
    const { id, ttl_ms: ttl, event } = await this.#decide("unwrap", headers, bodyOf(body), options);
    if (this.#store !== undefined && !(await this.#add(this.#store, id, ttl))) throw errorOf(this.#native.refusal(null));
    return eventOf(event);
  }

  /**
   * Forgets that a delivery was accepted, so that its repeat is accepted again: for a receiver that could not do its work. Without
   * `rememberDeliveries` it does nothing. It may be called again.
   *
   * @throws WebhookVerificationError, as a rejection, where the headers have no token that the issuer has signed, or with the reason
   * `replay_store`.
   */
  async forget(headers: DeliveryHeaders, options?: WebhookOptions): Promise<void> {
    const { id } = await this.#decide("forget", headers, new Uint8Array(), options);
    if (this.#store === undefined) return;
    try {
      await this.#store.remove(id);
    } catch (thrown) {
      throw this.#broken(thrown);
    }
  }

  async #decide(step: Step, given: DeliveryHeaders, bytes: Uint8Array, options: WebhookOptions | undefined): Promise<Decision> {
    const [headers, signal] = [headersOf(given), optionsOf(options)];
    const now = this.#clock === undefined ? null : Number(this.#clock());
    if (signal?.aborted === true) throw cancelled(signal);
    const decided = this.#native.decide(step, headers, bytes, now);
    if (decided !== null) return decisionOf(decided);
    // The caller may use its memory again meanwhile.
    const body = bytes.slice();
    let giveUp!: (end: undefined) => void;
    const givenUp = new Promise<undefined>((resolve) => {
      giveUp = resolve;
    });
    let isGivenUp = false;
    const wait = this.#queue.take({
      decide: () => this.#native.decide(step, headers, body, now),
      fetch: (ticket) => this.#native.fetch(ticket, step, headers, body, now),
      isGivenUp: () => isGivenUp,
    });
    const end = (): void => {
      isGivenUp = true;
      giveUp(undefined);
    };
    const made = await (signal === undefined ? wait : endedBy(signal, end, () => Promise.race([wait, givenUp])));
    if (made === undefined) throw cancelled(signal);
    return decisionOf(made);
  }

  /** Adds an id to the store of the program's own. False where it is there already. */
  async #add(store: ReplayStore, id: string, ttl: number): Promise<boolean> {
    try {
      const added: unknown = await store.add(id, ttl);
      if (typeof added === "boolean") return added;
      throw new TypeError(`add of the store must give true or false, and gave a value of the type ${typeof added}`);
    } catch (thrown) {
      throw this.#broken(thrown);
    }
  }

  #broken(thrown: unknown): Error {
    const text = thrown instanceof Error ? thrown.message : `a value of the type ${typeof thrown} was thrown`;
    return errorOf(this.#native.refusal(text), thrown);
  }
}

function decisionOf(made: readonly string[] | Unkeyed): Decision {
  if ("error" in made) throw errorOf(made.error);
  const [end, text = ""] = made;
  if (end !== "done") throw errorOf(text);
  return JSON.parse(text) as Decision;
}

function cancelled(signal: AbortSignalLike | undefined): CancelledError {
  return new CancelledError("the wait for the keys of a delivery was cancelled", {
    cause: signal?.reason,
    hint: "The delivery was not accepted. Answer it with a status of 5xx, so that it is sent again.",
  });
}

function optionsOf(options: WebhookOptions | undefined): AbortSignalLike | undefined {
  if (options === undefined) return undefined;
  if (!isPlain(options)) throw refused("the options must be an object");
  const unknown = Object.keys(options).find((name) => name !== "signal");
  if (unknown !== undefined) throw refused(`there is no option ${unknown.slice(0, 64)}`, "The option of a verifier's methods is signal.");
  return signalOf(options["signal"]);
}

/** Keys as text: what JSON or PEM they are is the core's to say. */
function keysText(keys: unknown): unknown {
  const bytes = bytesOf(keys);
  if (bytes !== undefined) return new TextDecoder().decode(bytes);
  if (types.isKeyObject(keys)) {
    if (keys.type !== "public") throw unfit("the verifier's keys hold a key that is not public");
    return String(keys.export({ type: "spki", format: "pem" }));
  }
  return isPlain(keys) ? JSON.stringify(keys) : keys;
}

function unfit(message: string): ConfigError {
  return new ConfigError(message, { hint: "Write new WebhookVerifier(url, { keysUrl }), or new WebhookVerifier(url)." });
}
