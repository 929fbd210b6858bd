/** Calls in flight, and the promises that the addon's messages settle. */
// First: in a bundle no module of Node's can be required, and the addon's own error says what to do.
import { Kind, addon, type Message, type Settle } from "./native.js";
import { AsyncResource } from "node:async_hooks";
import type { LogLevel } from "./events.js";

/** The answer of a call that succeeded. */
export interface Answer {
  /** The JSON text; null at the end of a list. */
  readonly text: string | null;
  /** The texts of a long page's further lists of items. */
  readonly more: string[] | null;
  /** The positions of a page's new items; null if all are new. */
  readonly fresh: number[] | null;
  /** True for the last page of an iteration. */
  readonly last: boolean;
  /** The bytes of a file that was downloaded into memory. */
  readonly content: Buffer | null;
  /** The HTTP side, as JSON text, if the call recorded it. */
  readonly head: string | undefined;
}

/** Receives the messages of a call that moves a file. */
export interface Listener {
  /** Called with the bytes moved so far, and the size of the file if it is known. */
  progress(moved: number, total: number | null): void;
  /** Called with the next bytes of a download. */
  data(bytes: Buffer): void;
  /** Called when an upload wants its first bytes, and when it has room for more. */
  room(): void;
  /** Called when the target of a download has all bytes and is to be ended. */
  end(): void;
  /** Called when the client is closed. */
  abort(): void;
}

/** What a hook threw. */
export interface Thrown {
  readonly error: unknown;
}

/** A call in flight. */
interface Pending {
  /** The client. It is kept reachable, for a client that V8 collects ends its calls. */
  readonly owner: object;
  readonly listener: Listener | undefined;
  readonly done: Promise<Settled>;
  head: string | undefined;
  /** The asynchronous context of the call, such as the span that is open, for hooks and loggers. */
  readonly context: AsyncResource | undefined;
  /** What a hook of the call threw. */
  thrown: Thrown | undefined;
  settle(settled: Settled): void;
}

/** The end of a call: its answer, or the payload of its error. */
export type Settled = Answer | Failed;

/** The end of a call that failed: the payload of its error, and what its hook threw. */
export interface Failed {
  readonly error: string;
  readonly thrown?: Thrown | undefined;
}

const pending = new Map<number, Pending>();
let issued = 0;

const settle: Settle = (batch) => {
  for (let at = 0; at < batch.length; at += 3) {
    try {
      receive([batch[at], batch[at + 1], batch[at + 2]] as Message);
    } catch (error) {
      // The other messages must not be lost.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
};

/** Receives a client's questions for its token. */
export interface Asked {
  ask(number: number): Promise<void>;
}

/** Those who give tokens, by their tickets. They are held by their clients alone. */
const providers = new Map<number, WeakRef<Asked>>();

/** Registers who gives a client's token. Returns the ticket of its messages. */
export function provide(asked: Asked): number {
  for (const [number, provider] of providers) if (provider.deref() === undefined) providers.delete(number);
  const number = ticket();
  providers.set(number, new WeakRef(asked));
  return number;
}

/** Receives what a client has for its hooks and its logger. */
export interface Heard {
  hook(number: number, name: string, event: object, note: (thrown: unknown) => void): void;
  log(level: LogLevel, line: string): void;
}

/** Starts the calls of a client that is watched by hooks or a logger. */
export interface Watch {
  start(run: () => string | null): string | null;
}

/** The hooks and loggers, by their tickets. They are held by their clients alone. */
const heard = new Map<number, WeakRef<Heard>>();
/** Those that watch the calls of an addon's client. */
const watches = new WeakMap<object, Watch>();

/** Registers hooks and a logger. Returns the ticket of their messages. */
export function listen(one: Heard): number {
  for (const [number, other] of heard) if (other.deref() === undefined) heard.delete(number);
  const number = ticket();
  heard.set(number, new WeakRef(one));
  return number;
}

/** Has the calls of `owner` watched. */
export function watch(owner: object, one: Watch): void {
  watches.set(owner, one);
}

/** Runs a hook or a logger in the context of its call. */
function inContext(number: number, run: (call: Pending | undefined) => void): void {
  const call = pending.get(number);
  if (call?.context === undefined) run(call);
  else call.context.runInAsyncScope(run, undefined, call);
}

function receive([ticket, kind, content]: Message): void {
  if (kind === Kind.Hook) {
    const [number, of, name, event] = JSON.parse(content) as [number, number, string, object];
    const one = heard.get(ticket)?.deref();
    const note = (call: Pending | undefined) => (error: unknown): void => {
      if (call !== undefined) call.thrown = { error };
    };
    return inContext(of, (call) => one?.hook(number, name, event, note(call)));
  }
  if (kind === Kind.Log) {
    const [of, level, line] = JSON.parse(content) as [number, LogLevel, string];
    return inContext(of, () => heard.get(ticket)?.deref()?.log(level, line));
  }
  if (kind === Kind.Token) {
    void providers.get(ticket)?.deref()?.ask(content);
    return;
  }
  const call = pending.get(ticket);
  if (call === undefined) return;
  const end = (settled: Settled): void => {
    pending.delete(ticket);
    call.settle(settled);
    if (pending.size === 0) bridge.release();
  };
  const { head } = call;
  switch (kind) {
    case Kind.Head:
      call.head = content;
      return;
    case Kind.Done:
      return end({ text: content, more: null, fresh: null, last: false, content: null, head });
    case Kind.Failed:
      return end({ error: content, thrown: call.thrown });
    case Kind.Progress:
      return call.listener?.progress(...content);
    case Kind.Data:
      return call.listener?.data(content);
    case Kind.Room:
      return call.listener?.room();
    case Kind.End:
      return call.listener?.end();
    case Kind.Page: {
      const [text, more, fresh, last] = content;
      return end({ text, more, fresh, last, content: null, head });
    }
    case Kind.Content: {
      const [text, bytes] = content;
      return end({ text, more: null, fresh: null, last: false, content: bytes, head });
    }
  }
}

/** The addon's side of this JavaScript environment. */
export const bridge = new addon.Bridge(settle);

/** A new ticket: the number of a call in the addon's messages. */
export function ticket(): number {
  issued += 1;
  return issued;
}

/**
 * Starts a call of `owner` and waits for its end. The process does not end while calls are in flight.
 * `start` returns the payload of an error if the call could not be started. Never rejects.
 */
export function call(
  owner: object,
  start: (ticket: number) => string | null,
  number = ticket(),
  listener?: Listener,
): Promise<Settled> {
  const watched = watches.get(owner);
  const begin = (): string | null => start(number);
  const refused = watched === undefined ? begin() : watched.start(begin);
  if (refused !== null) return Promise.resolve({ error: refused });
  if (pending.size === 0) bridge.hold();
  let settle!: (settled: Settled) => void;
  const done = new Promise<Settled>((resolve) => {
    settle = resolve;
  });
  const context = watched === undefined ? undefined : new AsyncResource("PenboxCall");
  pending.set(number, { owner, listener, done, head: undefined, context, thrown: undefined, settle });
  return done;
}

/** Resolves once every call of `owner` that is in flight now has ended. Never rejects. */
export async function ended(owner: object): Promise<void> {
  const mine = [...pending.values()].filter((call) => call.owner === owner);
  for (const call of mine) call.listener?.abort();
  await Promise.all(mine.map((call) => call.done));
}
