/** The function that gives a client's token. */
import { provide, type Asked } from "./calls.js";
import type { NativeClient } from "./native.js";
import type { PenboxError } from "./error.js";

/** Calls the function that gives the token when the addon asks for it. */
export class Provider implements Asked {
  /** The ticket of the addon's questions. */
  readonly ticket: number;
  readonly #give: () => unknown;
  #native: NativeClient | undefined;
  #thrown: unknown;

  constructor(give: () => unknown) {
    this.#give = give;
    this.ticket = provide(this);
  }

  /** Names the client that asks. */
  use(native: NativeClient): void {
    this.#native = native;
  }

  /** Answers a question. Never rejects. */
  async ask(number: number): Promise<void> {
    const native = this.#native;
    try {
      const token = await this.#give();
      if (typeof token === "string") native?.giveToken(number, token);
      else if (token === undefined || token === null) native?.refuseToken(number, "nothing", "");
      else native?.refuseToken(number, "type", Array.isArray(token) ? "an array" : `a value of the type ${typeof token}`);
    } catch (error) {
      this.#thrown = error;
      native?.refuseToken(number, "raised", error instanceof Error ? error.message : "");
    }
  }

  /** Adds what the function threw to the error of a call that failed for it. */
  caused<T>(error: T): T {
    const failed = error as unknown as PenboxError;
    if (failed instanceof Error && failed.reason === "provider_failed" && failed.cause === undefined)
      Object.defineProperty(failed, "cause", { value: this.#thrown, configurable: true, writable: true });
    return error;
  }
}
