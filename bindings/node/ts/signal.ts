/** Calls that an AbortSignal ends. */
import { bridge, type Settled } from "./calls.js";
import type { PenboxError } from "./error.js";
import { isPlain, textOf } from "./json.js";
import type { NativeCancel } from "./native.js";
import type { AbortSignalLike, CallOptions } from "./options.js";
import { headersOf, queryOf } from "./pairs.js";
import { errorOf, refused } from "./raise.js";

/** A call's options: what the addon reads of them, and what ends the call. */
export class Changes {
  readonly text: string;
  readonly #signal: AbortSignalLike | undefined;

  /** Judges the signal. Throws an InvalidArgumentError. */
  constructor(options: CallOptions | undefined) {
    // What is no object of its own members is refused as a whole.
    if (!isPlain(options)) {
      this.text = textOf("options", options);
      return;
    }
    const { signal, headers, query, ...rest } = options as CallOptions;
    this.text = textOf("options", { ...rest, headers: headersOf(headers), query: queryOf(query) });
    this.#signal = judged(signal);
  }

  /** What ends a call, or all calls of one list; null where nothing does. */
  cancel(): NativeCancel | null {
    return this.#signal === undefined ? null : bridge.cancel();
  }

  /** Runs a call, which the signal ends by `end`; whatever becomes of it, the signal is let go of. */
  during(end: () => void, run: () => Promise<Settled>): Promise<Settled> {
    return this.#signal === undefined ? run() : endedBy(this.#signal, end, run);
  }

  /** The error of a payload; that of a call which the signal ended has the signal's reason as its cause. */
  errorOf(payload: string): PenboxError {
    const error = errorOf(payload);
    return error.kind === "cancelled" && this.#signal?.aborted === true
      ? errorOf(payload, this.#signal.reason)
      : error;
  }
}

async function endedBy(
  signal: AbortSignalLike,
  end: () => void,
  run: () => Promise<Settled>,
): Promise<Settled> {
  if (signal.aborted) end();
  const heard = Heard.of(signal);
  heard.add(end);
  try {
    return await run();
  } finally {
    heard.delete(end);
  }
}

/** What a signal ends. It has one listener however many calls that are: Node warns of more than ten. */
class Heard {
  static readonly #all = new WeakMap<AbortSignalLike, Heard>();
  readonly #ends = new Set<() => void>();
  readonly #signal: AbortSignalLike;
  readonly #abort = (): void => {
    for (const end of [...this.#ends]) end();
  };

  private constructor(signal: AbortSignalLike) {
    this.#signal = signal;
  }

  static of(signal: AbortSignalLike): Heard {
    const known = Heard.#all.get(signal);
    if (known !== undefined) return known;
    const made = new Heard(signal);
    Heard.#all.set(signal, made);
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

function judged(given: unknown): AbortSignalLike | undefined {
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
