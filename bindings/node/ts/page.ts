import type { PageMeta } from "./generated/models.js";

/** One page of a list. It is iterable over its items. */
export class Page<T> implements Iterable<T> {
  /** The page's items. */
  readonly data: T[];
  /** The page's position in its list, if the server sent it. */
  readonly meta: PageMeta | undefined;

  /** @internal */
  constructor(text: string, more: string[] | null, fresh: number[] | null) {
    const root = JSON.parse(text) as T[] | { data: T[] | null; meta?: PageMeta | null };
    // Some servers send null for a list without items.
    const [start, meta] = Array.isArray(root) ? [root, undefined] : [root.data ?? [], root.meta];
    const data = more === null ? start : start.concat(...more.map((items) => JSON.parse(items) as T[]));
    this.data = fresh === null ? data : fresh.map((position) => data[position] as T);
    this.meta = meta ?? undefined;
  }

  /** The number of items on the page. */
  get length(): number {
    return this.data.length;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.data.values();
  }
}
