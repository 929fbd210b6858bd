import type { Page } from "./page.js";

type Step<T> = IteratorResult<T, void>;

/**
 * A walk over the items of pages. It is what an async generator would be, but an item that is there already costs one promise
 * where a generator makes three.
 *
 * @internal
 */
export class Items<T> {
  readonly #pages: AsyncGenerator<Page<T>, void, undefined>;
  #items: readonly T[] = [];
  #at = 0;
  /** The last of the steps that are not over: each waits for the one before it. */
  #last: Promise<unknown> | undefined;

  constructor(pages: AsyncGenerator<Page<T>, void, undefined>) {
    this.#pages = pages;
  }

  next(): Promise<Step<T>> {
    if (this.#last === undefined && this.#at < this.#items.length) return Promise.resolve(this.#item());
    return this.#inTurn(async () => {
      while (this.#at >= this.#items.length) {
        this.#items = [];
        const page = await this.#pages.next();
        if (page.done === true) return this.#end();
        this.#items = page.value.data;
        this.#at = 0;
      }
      return this.#item();
    });
  }

  return(value?: void | PromiseLike<void>): Promise<Step<T>> {
    return this.#inTurn(async () => {
      await this.#pages.return();
      this.#end();
      return { value: await value, done: true };
    });
  }

  throw(error: unknown): Promise<Step<T>> {
    return this.#inTurn(async () => {
      await this.#pages.return();
      this.#end();
      throw error;
    });
  }

  #item(): Step<T> {
    const value = this.#items[this.#at] as T;
    this.#at += 1;
    return { value, done: false };
  }

  #end(): Step<T> {
    this.#items = [];
    return { value: undefined, done: true };
  }

  #inTurn(step: () => Promise<Step<T>>): Promise<Step<T>> {
    const turn = this.#last === undefined ? step() : this.#last.then(step, step);
    this.#last = turn;
    // A promise of its own: that the next step waits for this one does not mean that anybody heard of its error.
    return turn.finally(() => {
      if (this.#last === turn) this.#last = undefined;
    });
  }
}

// What all async iterators have: being iterable, and whatever later versions of JavaScript give them.
const generator = Object.getPrototypeOf(async function* () {}) as { prototype: object };
Object.setPrototypeOf(Items.prototype, Object.getPrototypeOf(generator.prototype) as object);
