import type { Page } from "./page.js";
import { Steps, type Pages } from "./pages.js";

type Step<T> = IteratorResult<T, void>;

/**
 * An iteration over the items of pages. It differs from an async generator in two things: an item that was fetched already costs
 * one promise instead of three, and an error does not end it.
 *
 * @internal
 */
export class Items<T> extends Steps<T> {
  readonly #pages: Pages<T>;
  #items: readonly T[] = [];
  #at = 0;

  constructor(pages: Pages<T>) {
    super();
    this.#pages = pages;
  }

  override next(): Promise<Step<T>> {
    if (this.isIdle && this.#at < this.#items.length) return Promise.resolve(this.#item());
    return super.next();
  }

  protected override async advance(): Promise<Step<T>> {
    while (this.#at >= this.#items.length) {
      this.#items = [];
      const page: IteratorResult<Page<T>, void> = await this.#pages.next();
      if (page.done === true) return { value: undefined, done: true };
      this.#items = page.value.data;
      this.#at = 0;
    }
    return this.#item();
  }

  protected override async end(): Promise<void> {
    this.#items = [];
    await this.#pages.return();
  }

  #item(): Step<T> {
    const value = this.#items[this.#at] as T;
    this.#at += 1;
    return { value, done: false };
  }
}
