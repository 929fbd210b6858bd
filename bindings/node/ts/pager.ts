import type { Answer } from "./calls.js";
import { Items } from "./items.js";
import { Page } from "./page.js";
import { Pages } from "./pages.js";
import { refused } from "./raise.js";

/** The requests of a list. @internal */
export interface List {
  /** Fetches a page by its number. */
  page(number: number): Promise<Answer>;
  /** Starts an iteration: each call of the result fetches the next page. With `ahead` the one after it is fetched meanwhile. */
  walk(ahead: boolean): () => Promise<Answer>;
}

/**
 * A list that is fetched page by page while it is iterated: `for await (const form of client.forms.list())`.
 *
 * Each iteration starts at the first page. It yields each item once that matches from the first page on until the item's own page
 * is read, whatever this client writes meanwhile: a loop that updates each form so that it leaves the list meets every form.
 * Pages are read again where that is needed. Changes by other programs that leave the number of items the same cannot be noticed,
 * nor can an item that an update moves to a page that was read already, as with `sort: "-updated_at"`.
 *
 * After an error an iterator keeps its position: its next step (`iterator.next()`, or `for await (const form of iterator)` again)
 * fetches the same page again if the error is `retryable`, and rejects with the same error if it is not.
 */
export class Pager<T> implements AsyncIterable<T> {
  readonly #list: List;
  #ahead = false;
  #totalCount: number | undefined;
  /** The items that a `collect` had when it failed, and its iteration. */
  #collected: { items: T[]; rest: AsyncGenerator<T, void, undefined> } | undefined;

  /** @internal */
  constructor(list: List) {
    this.#list = list;
  }

  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return new Items(this.#pages()) as unknown as AsyncGenerator<T, void, undefined>;
  }

  /** Iterates over the pages in order, each without the items of earlier ones. */
  pages(): AsyncGenerator<Page<T>, void, undefined> {
    return this.#pages() as unknown as AsyncGenerator<Page<T>, void, undefined>;
  }

  /**
   * Fetches each page while the one before it is read. It saves time if reading a page takes long, and costs an unneeded request
   * if the iteration ends early. Returns this pager.
   */
  prefetch(): this {
    this.#ahead = true;
    return this;
  }

  /**
   * The first items of the list: at most `limit` of them, or all. No page beyond them is fetched.
   *
   * @throws {InvalidArgumentError} The limit is not a whole number from 0.
   * @throws {APIError} A call failed. No item is lost: the next `collect` goes on where this one failed, with the items it had.
   */
  async collect({ limit = Infinity }: { limit?: number | undefined } = {}): Promise<T[]> {
    if (!(limit === Infinity || (Number.isSafeInteger(limit) && limit >= 0))) {
      throw refused("the limit of a list must be a whole number from 0");
    }
    if (limit === 0) return [];
    const { items, rest } = this.#collected ?? { items: [], rest: this[Symbol.asyncIterator]() };
    this.#collected = undefined;
    try {
      while (items.length < limit) {
        const { value, done } = await rest.next();
        if (done === true) break;
        items.push(value);
      }
    } catch (error) {
      this.#collected = { items, rest };
      throw error;
    }
    return items.slice(0, limit);
  }

  /** One page by its number, from 1, with all its items. Iterations keep their positions. It may be repeated. */
  async page(number: number): Promise<Page<T>> {
    const answer = await this.#list.page(number);
    return this.#page(answer) ?? new Page<T>("[]", null, null);
  }

  /**
   * The number of items that match on all pages; undefined if the server does not send it. Fetches the first page unless a page
   * was fetched already.
   */
  async totalCount(): Promise<number | undefined> {
    if (this.#totalCount === undefined) await this.page(1);
    return this.#totalCount;
  }

  #pages(): Pages<T> {
    let walk: (() => Promise<Answer>) | undefined;
    return new Pages(async () => {
      walk ??= this.#list.walk(this.#ahead);
      const answer = await walk();
      const page = this.#page(answer);
      return page && { page, last: answer.last };
    });
  }

  #page(answer: Answer): Page<T> | undefined {
    if (answer.text === null) return undefined;
    const page = new Page<T>(answer.text, answer.more, answer.fresh);
    const total: unknown = page.meta?.total_count;
    if (typeof total === "number") this.#totalCount = total;
    return page;
  }
}
