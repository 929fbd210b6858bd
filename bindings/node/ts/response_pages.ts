/** Pages of a list with the HTTP side of their answers. */
import type { Answer } from "./calls.js";
import { Page } from "./page.js";
import { Steps } from "./pages.js";
import type { List } from "./pager.js";
import { withResponse, type PagesWithResponse, type WithResponse } from "./with_response.js";

type Given<T> = WithResponse<Page<T>>;

/** The pages of a list. @internal */
export class ResponsePages<T> implements PagesWithResponse<T> {
  readonly #list: List;

  constructor(list: List) {
    this.#list = list;
  }

  [Symbol.asyncIterator](): AsyncIterator<Given<T>, void, undefined> {
    return new Walk<T>(this.#list.walk(false));
  }

  async page(number: number): Promise<Given<T>> {
    return pageOf(await this.#list.page(number));
  }
}

/** An iteration over the pages. */
class Walk<T> extends Steps<Given<T>> {
  #fetch: (() => Promise<Answer>) | undefined;

  constructor(fetch: () => Promise<Answer>) {
    super();
    this.#fetch = fetch;
  }

  protected override async advance(): Promise<IteratorResult<Given<T>, void>> {
    const answer = await this.#fetch?.();
    if (answer?.last !== false) this.#fetch = undefined;
    if (answer === undefined || answer.text === null) return { value: undefined, done: true };
    return { value: pageOf<T>(answer), done: false };
  }

  protected override async end(): Promise<void> {
    this.#fetch = undefined;
  }
}

function pageOf<T>(answer: Answer): Given<T> {
  return withResponse(new Page<T>(answer.text ?? "[]", answer.more, answer.fresh), answer.head);
}
