/** Calls in flight: promises that the addon settles. */
import { Kind, load, type Settle } from "./native.js";

/** What became of a call that did not fail: the text of an answer, or null at the end of a list. */
export interface Answer {
  readonly text: string | null;
  /** Of a long page the texts of the lists of items that follow those in `text`. */
  readonly more: string[] | null;
  /** The positions of a page's new items; null: all are new. */
  readonly fresh: number[] | null;
  /** It is a page, and the walk ends with it. */
  readonly last: boolean;
  /** The bytes of a file that came into memory. */
  readonly content: Buffer | null;
}

/** What a call hears while it moves a file. */
export interface Listener {
  progress(moved: number, total: number | null): void;
  data(bytes: Buffer): void;
  room(): void;
  /** The client is closed. */
  abort(): void;
}

interface Pending {
  /** Kept reachable: a client that is collected ends its calls. */
  readonly owner: object;
  readonly listener: Listener | undefined;
  readonly done: Promise<Settled>;
  settle(settled: Settled): void;
}

export type Settled = Answer | { readonly error: string };

const pending = new Map<number, Pending>();
let issued = 0;

const settle: Settle = (ticket, kind, text, more, fresh, last, bytes, moved, total) => {
  const call = pending.get(ticket);
  if (call === undefined) return;
  if (kind === Kind.Progress) return call.listener?.progress(moved ?? 0, total);
  if (kind === Kind.Data) return bytes === null ? undefined : call.listener?.data(bytes);
  if (kind === Kind.Room) return call.listener?.room();
  pending.delete(ticket);
  if (pending.size === 0) bridge.release();
  call.settle(kind === Kind.Failed ? { error: text ?? "" } : { text, more, fresh, last, content: bytes });
};

/** The addon's side of this JavaScript environment. */
export const bridge = new (load().Bridge)(settle);

/** The ticket of the next call. */
export function ticket(): number {
  issued += 1;
  return issued;
}

/**
 * Starts a call of `owner` and waits for it. While calls are in flight the process does not end.
 * What `start` returns is the payload of an error, if the call could not be started.
 */
export function call(
  owner: object,
  start: (ticket: number) => string | null,
  number = ticket(),
  listener?: Listener,
): Promise<Settled> {
  const refused = start(number);
  if (refused !== null) return Promise.resolve({ error: refused });
  if (pending.size === 0) bridge.hold();
  let settle!: (settled: Settled) => void;
  const done = new Promise<Settled>((resolve) => {
    settle = resolve;
  });
  pending.set(number, { owner, listener, done, settle });
  return done;
}

/** Resolves once every call of `owner` that is in flight now has ended. */
export async function ended(owner: object): Promise<void> {
  const mine = [...pending.values()].filter((call) => call.owner === owner);
  for (const call of mine) call.listener?.abort();
  await Promise.all(mine.map((call) => call.done));
}
