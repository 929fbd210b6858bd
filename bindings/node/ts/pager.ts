import type { Answer } from "./calls.js";
import { Items } from "./items.js";
import { Page } from "./page.js";
import { refused } from "./raise.js";

/** The requests behind a list. @internal */
export interface List {
  page(number: number): Promise<Answer>;
  /** Starts at the first page; each call of what it returns gives the next one. `ahead`: one more is fetched meanwhile. */
  walk(ahead: boolean): () => Promise<Answer>;
}

/**
 * A list that is fetched page by page while it is iterated: `for await (const form of client.forms.list())`.
 *
 * Each iteration starts anew. Items that an earlier page had already are left out. An error ends the iteration.
 */
export class Pager<T> implements AsyncIterable<T> {
  readonly #list: List;
  #ahead = false;
  #totalCount: number | undefined;

  /** @internal */
  constructor(list: List) {
    this.#list = list;
  }

  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    return new Items(this.pages()) as unknown as AsyncGenerator<T, void, undefined>;
  }

  /** The pages in order, each without what an earlier one had already. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    const next = this.#list.walk(this.#ahead);
    for (;;) {
      const answer = await next();
      const page = this.#page(answer);
      if (page === undefined) return;
      yield page;
      if (answer.last) return;
    }
  }

  /**
   * Fetches a page while the one before it is read. It saves time where reading a page takes long, and costs a request
   * that is not needed where the iteration ends early. Returns this pager.
   */
  prefetch(): this {
    this.#ahead = true;
    return this;
  }

  /**
   * The first items of the list, at most `limit`; all without one. No page beyond them is fetched.
   *
   * @throws {InvalidArgumentError} The limit is not a whole number from 0.
   * @throws {APIError} A call failed; the items before it are lost.
   */
  async collect({ limit = Infinity }: { limit?: number | undefined } = {}): Promise<T[]> {
    if (!(limit === Infinity || (Number.isSafeInteger(limit) && limit >= 0))) {
      throw refused("the limit of a list must be a whole number from 0");
    }
    const items: T[] = [];
    if (limit === 0) return items;
    for await (const item of this) {
      items.push(item);
      if (items.length >= limit) break;
    }
    return items;
  }

  /** One page by its number, from 1, with all its items and without touching an iteration. */
  async page(number: number): Promise<Page<T>> {
    const answer = await this.#list.page(number);
    return this.#page(answer) ?? new Page<T>("[]", null, null);
  }

  /**
   * How many items match over all pages; undefined where the server does not tell. Asks for the first page unless a page
   * was fetched already.
   */
  async totalCount(): Promise<number | undefined> {
    if (this.#totalCount === undefined) await this.page(1);
    return this.#totalCount;
  }

  #page(answer: Answer): Page<T> | undefined {
    if (answer.text === null) return undefined;
    const page = new Page<T>(answer.text, answer.more, answer.fresh);
    const total: unknown = page.meta?.total_count;
    if (typeof total === "number") this.#totalCount = total;
    return page;
  }
}
