/** Readings of async iterables. */
import { refused } from "./raise.js";
import { disuse, quietly, unused, use, type Reading } from "./reading.js";

/** An async iterable. Streams that are none of Node's have a `destroy`. */
type Iterable = AsyncIterable<unknown> & { destroy?: unknown; destroyed?: unknown; next?: unknown };

/** The reading of an async iterable. */
export class IterableReading implements Reading {
  readonly #source: Iterable;
  /** True for what can be read once: a stream, or an iterator, such as a generator. */
  readonly #isOnce: boolean;
  #iterator: AsyncIterator<unknown> | undefined;
  #ended = false;

  /** Throws an InvalidArgumentError for an iterable that cannot be read. */
  constructor(source: Iterable) {
    if (source.destroyed === true) throw refused("the source is a stream that was destroyed already: make a new one");
    unused(source);
    this.#source = source;
    this.#isOnce = typeof source.destroy === "function" || typeof source.next === "function";
  }

  open(): void {
    if (this.#isOnce) use(this.#source);
  }

  chunks(): AsyncIterable<unknown> {
    const iterator = this.#source[Symbol.asyncIterator]();
    this.#iterator = iterator;
    const next = async (): Promise<IteratorResult<unknown>> => {
      const result = await iterator.next();
      this.#ended = result.done === true;
      return result;
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  owned(): boolean {
    return false;
  }

  stop(): void {
    if (this.#ended) return;
    const source = this.#source;
    // A generator that waits for its next chunk runs `return` only after it has it. `destroy` ends a stream at once.
    quietly(() => typeof source.destroy === "function" && source.destroy());
    quietly(() => this.#iterator?.return?.());
  }

  leave(): void {
    disuse(this.#source);
  }
}
