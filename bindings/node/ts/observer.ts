/** The hooks and the logger of a client: they are called by the addon's messages, between the program's other callbacks. */
import { AsyncLocalStorage } from "node:async_hooks";
import { listen, type Heard, type Watch } from "./calls.js";
import type { PenboxError } from "./error.js";
import type { Logger } from "./events.js";
import { settled } from "./frozen.js";
import type { NativeClient } from "./native.js";

/** The settings that are functions or hold some, and the level of the logger: the addon takes none of them. */
export const WATCHING = ["onRequest", "onResponse", "onRetry", "onAlert", "logger", "logLevel"];

/** The part of the watch that a call goes without. */
const enum Part {
  Hooks = 1,
  Log = 2,
}

/** Tells the calls that a hook or a logger makes, also after an `await`, from all others: watched, they would make calls without an end. */
const within = new AsyncLocalStorage<Part>();

/** Calls the hooks and the logger of one client. */
export class Observer implements Heard, Watch {
  /** The settings for the addon, which refuses those that cannot be used. */
  readonly text: string;
  readonly #settings: Readonly<Record<string, unknown>>;
  #native: NativeClient | undefined;
  #thrown: unknown;
  #warned = false;

  /** Takes these settings. */
  constructor(settings: Readonly<Record<string, unknown>>) {
    this.#settings = settings;
    const usable = Object.entries(settings).map(([name, value]) => [name, name === "logLevel" ? value : isUsable(name, value)]);
    this.text = JSON.stringify({ ...(Object.fromEntries(usable) as object), ticket: listen(this) });
  }

  /** Names the client that is watched. */
  use(native: NativeClient): void {
    this.#native = native;
  }

  /** Starts a call: one of a hook runs no hooks, one of a logger is not logged either. */
  start(run: () => string | null): string | null {
    const [part, native] = [within.getStore(), this.#native];
    if (part === undefined || native === undefined) return run();
    native.quiet(part);
    try {
      return run();
    } finally {
      native.quiet(0);
    }
  }

  /** Calls a hook, and answers the addon. Never throws. */
  hook(number: number, name: string, event: object, note: (thrown: unknown) => void): void {
    const headers = {};
    const given = name === "onRequest" ? Object.freeze({ ...event, headers }) : settled(event);
    try {
      const hook = this.#settings[name] as (event: unknown) => unknown;
      refusePromise(within.run(Part.Hooks, () => hook(given)));
      this.#native?.answerHook(number, pairs(headers), null);
    } catch (thrown) {
      this.#thrown = thrown;
      note(thrown);
      this.#native?.answerHook(number, [], said(thrown));
    }
  }

  /** Gives a line to the logger. Never throws. */
  log(level: keyof Logger, line: string): void {
    const logger = this.#settings["logger"] as Logger;
    try {
      const logged = within.run(Part.Log, () => logger[level]?.(line));
      if (isThenable(logged)) Promise.resolve(logged).then(undefined, (error: unknown) => this.#warn(error));
    } catch (error) {
      this.#warn(error);
    }
  }

  /** Adds what a hook threw to the error of a page that it ended while the page was fetched ahead. */
  caused<T>(error: T): T {
    const failed = error as unknown as PenboxError;
    if (failed instanceof Error && failed.reason === "hook" && !Object.hasOwn(failed, "cause"))
      Object.defineProperty(failed, "cause", { value: this.#thrown, configurable: true, writable: true });
    return error;
  }

  /** Warns once of a logger that fails: the call goes on, and what a program logs of it must not be lost in silence. */
  #warn(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    process.emitWarning(`the logger failed, which changes nothing for the call: ${said(error)}`, "PenboxWarning");
  }
}

function isUsable(name: string, value: unknown): boolean {
  if (name !== "logger") return typeof value === "function";
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const functions = ["debug", "info", "warn", "error"].map((level) => (value as Record<string, unknown>)[level]);
  const present = functions.filter((each) => each !== undefined);
  return present.length > 0 && present.every((each) => typeof each === "function");
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Refuses the promise of an `async` function: the request would not wait for it. */
function refusePromise(answer: unknown): void {
  if (!isThenable(answer)) return;
  // Its rejection is nobody's: it must not end the process.
  Promise.resolve(answer).then(undefined, () => {});
  throw new TypeError("a hook must be a plain function, not an async one");
}

/** The headers that a hook added, names and values in turn. Throws a TypeError. */
function pairs(headers: object): string[] {
  return Object.entries(headers).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined) return [];
    if (typeof value !== "string") throw new TypeError("the value of a header must be text");
    return [name, value];
  });
}

/** What was thrown, in words. */
function said(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return String(thrown);
  } catch {
    // An error whose text cannot be read.
  }
  return `a value of the type ${typeof thrown} was thrown`;
}
