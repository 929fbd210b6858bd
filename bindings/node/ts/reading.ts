/** Readings: streams of the caller's that a call reads. */
import { refused } from "./raise.js";

/** A stream of the caller's, and the use that a call makes of it. */
export interface Reading {
  /** Called once, before the call starts: from here on the stream is the call's. `failed` is called with an error of the stream. */
  open(failed: (reason: unknown) => void): void;
  /** Reads the stream. Called at most once, when the call wants the first chunk. */
  chunks(): AsyncIterable<unknown>;
  /** Returns true if nobody else has the chunk that was read last. */
  owned(): boolean;
  /** Called once the call has ended, even if the stream has not. Never throws. */
  stop(): void;
  /** Called instead of `stop` if the call was refused before it wanted a chunk: the stream stays as it was. Never throws. */
  leave(): void;
}

/** The streams and iterators that a call has read. The rest of one would be sent as if it were the whole file. */
const used = new WeakSet<object>();

/** Throws an InvalidArgumentError for a source that an earlier call reads, or has read. */
export function unused(source: object): void {
  if (used.has(source)) throw refused("the source is a stream that an upload has read already: make a new one");
}

/** Notes that a call reads a source. */
export function use(source: object): void {
  used.add(source);
}

/** Notes that a source was not read after all. */
export function disuse(source: object): void {
  used.delete(source);
}

/** Runs code of the caller's for its effect alone. An error of it must not replace the error of the call. */
export function quietly(work: () => unknown): void {
  try {
    Promise.resolve(work()).catch(() => {});
  } catch {
    // The call's own error says more.
  }
}
