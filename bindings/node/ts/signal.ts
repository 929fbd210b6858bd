/** Options of a call, among them the AbortSignal that ends it. */
import { bridge, type Failed, type Settled } from "./calls.js";
import type { PenboxError } from "./error.js";
import { isPlain, textOf } from "./json.js";
import type { NativeCancel } from "./native.js";
import type { AbortSignalLike, CallOptions } from "./options.js";
import { headersOf, queryOf } from "./pairs.js";
import { errorOf, refused } from "./raise.js";

/** The options of a call: the text for the addon, and the signal. */
export class Changes {
  readonly text: string;
  readonly #signal: AbortSignalLike | undefined;

  /** Validates the signal. Throws an InvalidArgumentError. */
  constructor(options: CallOptions | undefined) {
    // The core refuses any other value as a whole, with its own message.
    if (!isPlain(options)) {
      this.text = textOf("options", options);
      return;
    }
    const { signal, headers, query, ...rest } = options as CallOptions;
    this.text = textOf("options", { ...rest, headers: headersOf(headers), query: queryOf(query) });
    this.#signal = signalOf(signal);
  }

  /** The cancel for a call, or for all calls of one list; null without a signal. */
  cancel(): NativeCancel | null {
    return this.#signal === undefined ? null : bridge.cancel();
  }

  /** Runs a call. `end` is called if the signal is aborted meanwhile; afterwards the signal is released in any case. */
  during(end: () => void, run: () => Promise<Settled>): Promise<Settled> {
    return this.#signal === undefined ? run() : endedBy(this.#signal, end, run);
  }

  /** The error of a call. Its cause is what a hook threw to end the call, or the signal's reason if the signal ended it. */
  errorOf({ error: payload, thrown }: Failed): PenboxError {
    const error = errorOf(payload);
    if (error.reason === "hook") return thrown === undefined ? error : errorOf(payload, thrown.error);
    return error.kind === "cancelled" && this.#signal?.aborted === true
      ? errorOf(payload, this.#signal.reason)
      : error;
  }
}

/** Runs work. `end` is called if the signal is aborted meanwhile; afterwards the signal is released in any case. */
export async function endedBy<T>(signal: AbortSignalLike, end: () => void, run: () => Promise<T>): Promise<T> {
  if (signal.aborted) end();
  const listener = SignalListener.of(signal);
  listener.add(end);
  try {
    return await run();
  } finally {
    listener.delete(end);
  }
}

/** The calls that a signal ends. All of them share one listener, for Node warns of more than ten on a signal. */
class SignalListener {
  static readonly #all = new WeakMap<AbortSignalLike, SignalListener>();
  readonly #ends = new Set<() => void>();
  readonly #signal: AbortSignalLike;
  readonly #abort = (): void => {
    for (const end of [...this.#ends]) end();
  };

  private constructor(signal: AbortSignalLike) {
    this.#signal = signal;
  }

  static of(signal: AbortSignalLike): SignalListener {
    const known = SignalListener.#all.get(signal);
    if (known !== undefined) return known;
    const made = new SignalListener(signal);
    SignalListener.#all.set(signal, made);
    return made;
  }

  add(end: () => void): void {
    if (this.#ends.size === 0) this.#signal.addEventListener("abort", this.#abort);
    this.#ends.add(end);
  }

  delete(end: () => void): void {
    this.#ends.delete(end);
    if (this.#ends.size === 0) this.#signal.removeEventListener("abort", this.#abort);
  }
}

/** The signal of options. Throws an InvalidArgumentError. */
export function signalOf(given: unknown): AbortSignalLike | undefined {
  if (given === undefined || given === null) return undefined;
  const signal = given as Partial<AbortSignalLike>;
  if (
    typeof signal.aborted === "boolean" &&
    typeof signal.addEventListener === "function" &&
    typeof signal.removeEventListener === "function"
  )
    return signal as AbortSignalLike;
  throw refused("the option signal must be an AbortSignal");
}
