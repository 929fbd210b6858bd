/** Calls in flight: promises that the addon settles. */
import { load, type Settle } from "./native.js";

/** What became of a call that did not fail: the text of an answer, or null at the end of a list. */
export interface Answer {
  readonly text: string | null;
  /** The positions of a page's new items; null: all are new. */
  readonly fresh: number[] | null;
}

interface Pending {
  /** Kept reachable: a client that is collected ends its calls. */
  readonly owner: object;
  readonly done: Promise<Settled>;
  settle(settled: Settled): void;
}

type Settled = Answer | { readonly error: string };

const pending = new Map<number, Pending>();
let last = 0;

const settle: Settle = (ticket, error, text, fresh) => {
  const call = pending.get(ticket);
  if (call === undefined) return;
  pending.delete(ticket);
  if (pending.size === 0) bridge.release();
  call.settle(error === null ? { text, fresh } : { error });
};

/** The addon's side of this JavaScript environment. */
export const bridge = new (load().Bridge)(settle);

/**
 * Starts a call of `owner` and waits for it. While calls are in flight the process does not end.
 * What `start` returns is the payload of an error, if the call could not be started.
 */
export function call(owner: object, start: (ticket: number) => string | null): Promise<Settled> {
  last += 1;
  const refused = start(last);
  if (refused !== null) return Promise.resolve({ error: refused });
  if (pending.size === 0) bridge.hold();
  let settle!: (settled: Settled) => void;
  const done = new Promise<Settled>((resolve) => {
    settle = resolve;
  });
  pending.set(last, { owner, done, settle });
  return done;
}

/** Resolves once every call of `owner` that is in flight now has ended. */
export async function ended(owner: object): Promise<void> {
  const mine = [...pending.values()].filter((call) => call.owner === owner);
  await Promise.all(mine.map((call) => call.done));
}
