/** The deliveries that wait for a verifier's keys. */
import { call, type Settled } from "./calls.js";
import type { NativeVerifier } from "./native.js";

/** A step of a delivery: `decide` makes it by the keys that are known, or gives null; `fetch` starts the request for keys. */
export interface KeyedStep<T> {
  decide(): T | null;
  fetch(ticket: number): string | null;
  /** True once nobody waits for the step. */
  isGivenUp(): boolean;
}

/** The error of a step that was given up, or of the keys: the payload of an error. */
export interface Unkeyed {
  readonly error: string;
}

/**
 * One after the other the deliveries in it fetch keys, or find that another one has fetched them. Those that waited for a request that
 * failed share its error: each would ask an issuer that is away again, and the last one would wait for all of them.
 */
export class KeyQueue {
  readonly #native: NativeVerifier;
  #last: Promise<void> = Promise.resolve();
  #failed = 0;
  #failure = "";

  constructor(native: NativeVerifier) {
    this.#native = native;
  }

  /** Makes a step as soon as its keys are there; undefined if it was given up. Never rejects. */
  async take<T>(step: KeyedStep<T>): Promise<T | Unkeyed | undefined> {
    const [before, failed] = [this.#last, this.#failed];
    let leave!: () => void;
    this.#last = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    try {
      for (;;) {
        if (step.isGivenUp()) return undefined;
        const decided = step.decide();
        if (decided !== null) return decided;
        if (this.#failed > failed) return { error: this.#failure };
        const fetched = await call(this.#native, (ticket) => step.fetch(ticket));
        if ("error" in fetched) return this.#refused(fetched);
      }
    } finally {
      leave();
    }
  }

  #refused({ error }: Settled & Unkeyed): Unkeyed {
    // An error of the delivery is its own; any other is that of the request.
    if ((JSON.parse(error) as { kind: string }).kind !== "webhook") {
      this.#failed += 1;
      this.#failure = error;
    }
    return { error };
  }
}
