/** The headers of an answer, in the order in which the server sent them. A name is found whatever its case. */
export class ResponseHeaders implements Iterable<[name: string, value: string]> {
  readonly #pairs: readonly (readonly [string, string])[];

  /** Makes headers of pairs. The SDK does so itself; this is public for your own tests. */
  constructor(pairs: Iterable<readonly [string, string]> = []) {
    this.#pairs = [...pairs].map(([name, value]) => [name.toLowerCase(), value] as const);
  }

  /** The value of a header; the first one where there are several. */
  get(name: string): string | undefined {
    return this.getAll(name)[0];
  }

  /** Every value of a header, such as `Set-Cookie`. */
  getAll(name: string): string[] {
    const lower = name.toLowerCase();
    return this.#pairs.filter(([other]) => other === lower).map(([, value]) => value);
  }

  /** True if there is such a header. */
  has(name: string): boolean {
    return this.getAll(name).length > 0;
  }

  /** The number of headers. A repeated one counts each time. */
  get size(): number {
    return this.#pairs.length;
  }

  /** Every header: its name in lower case, and its value. */
  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (const [name, value] of this.#pairs) yield [name, value];
  }

  /** The names alone, for logs: a value may be a cookie. */
  toJSON(): string[] {
    return this.#pairs.map(([name]) => name);
  }
}
