import type { Page } from "./page.js";

type Step<T> = IteratorResult<T, void>;

/**
 * An iteration whose steps run one after another. An async generator ends with its first error: this one keeps its position, and
 * its next step tries again.
 *
 * @internal
 */
export abstract class Steps<T> {
  /** The last of the steps that have not ended. Each waits for the one before it. */
  #last: Promise<unknown> | undefined;

  /** True if every step has ended. */
  protected get isIdle(): boolean {
    return this.#last === undefined;
  }

  /** Makes the next step. */
  protected abstract advance(): Promise<Step<T>>;
  /** Ends the iteration early. */
  protected abstract end(): Promise<void>;

  next(): Promise<Step<T>> {
    return this.#inTurn(() => this.advance());
  }

  return(value?: void | PromiseLike<void>): Promise<Step<T>> {
    return this.#inTurn(async () => {
      await this.end();
      return { value: await value, done: true };
    });
  }

  throw(error: unknown): Promise<Step<T>> {
    return this.#inTurn(async () => {
      await this.end();
      throw error;
    });
  }

  #inTurn(step: () => Promise<Step<T>>): Promise<Step<T>> {
    const turn = this.#last === undefined ? step() : this.#last.then(step, step);
    this.#last = turn;
    // A promise of its own: the wait of the next step for this one must not count as handling its error.
    return turn.finally(() => {
      if (this.#last === turn) this.#last = undefined;
    });
  }
}

// The prototype of all async iterators makes these iterable, and has whatever later versions of JavaScript add to it.
const generator = Object.getPrototypeOf(async function* () {}) as { prototype: object };
Object.setPrototypeOf(Steps.prototype, Object.getPrototypeOf(generator.prototype) as object);

/** A page, with `last` if the iteration ends with it; undefined at the end. @internal */
export type Fetched<T> = { readonly page: Page<T>; readonly last: boolean } | undefined;

/** An iteration over pages. @internal */
export class Pages<T> extends Steps<Page<T>> {
  #fetch: (() => Promise<Fetched<T>>) | undefined;

  constructor(fetch: () => Promise<Fetched<T>>) {
    super();
    this.#fetch = fetch;
  }

  protected override async advance(): Promise<Step<Page<T>>> {
    const fetched = await this.#fetch?.();
    if (fetched?.last !== false) this.#fetch = undefined;
    return fetched === undefined ? { value: undefined, done: true } : { value: fetched.page, done: false };
  }

  protected override async end(): Promise<void> {
    this.#fetch = undefined;
  }
}
