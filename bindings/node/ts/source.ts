/** Sources of uploads: paths, bytes, Blobs and streams. */
import { Readable, isReadable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { FileSource } from "./files.js";
import { soleReader } from "./own.js";
import { refused } from "./raise.js";

/** A validated source: a path or bytes, which the addon reads by itself, or a stream. */
export type Source = Whole | Stream;

interface Whole {
  readonly whole: string | Uint8Array;
  readonly chunks?: undefined;
  readonly facts: Facts;
  readonly owned?: undefined;
  readonly stop?: undefined;
}

interface Stream {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The size in bytes, negative if unknown. */
  readonly size: number;
  readonly facts: Facts;
  /** Returns true if nobody else has the chunk that was read last. */
  owned(): boolean;
  /** Called once the call has ended, even if the stream has not. */
  stop?(): void;
}

/** A source's own name and type, which parameters replace. */
interface Facts {
  readonly name?: string;
  readonly type?: string;
}

/** The streams and iterators that a call has read. The rest of one would be sent as if it were the whole file. */
const used = new WeakSet<object>();

/** Notes that a call reads a source. Throws an InvalidArgumentError if an earlier call did. */
function use(source: object): void {
  if (used.has(source)) throw refused("the source is a stream that an upload has read already: make a new one");
  used.add(source);
}

/** Throws an InvalidArgumentError for a stream that others have read to its end. */
function notAtItsEnd(stream: object): void {
  // The functions also take web streams, which the types of old versions of Node do not say. They know no other streams.
  const given = stream as NodeJS.ReadableStream;
  if (Readable.isDisturbed(given) && !isReadable(given))
    throw refused("the source is a stream that stands at its end: make a new one");
}

/** Validates the source of an upload. Throws an InvalidArgumentError. */
export function sourceOf(given: FileSource): Source {
  const source: unknown = given;
  if (typeof source === "string") {
    if (source === "") throw refused("the source is an empty path");
    return { whole: source, facts: {} };
  }
  if (source instanceof Uint8Array) return { whole: source, facts: {} };
  if (typeof source === "object" && source !== null) {
    if ("href" in source && "protocol" in source) return { whole: pathOf(String(source.href)), facts: {} };
    if (typeof Blob === "function" && source instanceof Blob) return ofBlob(source);
    if ("getReader" in source && typeof source.getReader === "function") {
      return { ...ofWeb(source as ReadableStream<Uint8Array>), size: -1, facts: {}, owned: () => false };
    }
    if (Symbol.asyncIterator in source) return ofIterable(source as AsyncIterable<Uint8Array>);
  }
  throw refused("the source must be a path, a file: URL, bytes, a Blob or a stream of bytes");
}

/** The path of a `file:` URL. Throws an InvalidArgumentError. */
export function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw refused("only a file: URL can be a path", undefined, cause);
  }
}

function ofBlob(blob: Blob): Source {
  const { name } = blob as { readonly name?: unknown };
  const facts = {
    ...(typeof name === "string" && name !== "" ? { name } : {}),
    ...(blob.type === "" ? {} : { type: blob.type }),
  };
  const stream = ofWeb(blob.stream() as ReadableStream<Uint8Array>);
  // The stream was made here, and a Blob of Node's makes a new chunk for each read. A replaced `stream` may keep its chunks.
  const owned = (): boolean => blob.stream === Blob.prototype.stream;
  return { ...stream, size: blob.size, facts, owned };
}

function ofWeb(stream: ReadableStream<Uint8Array>): Pick<Stream, "chunks" | "stop"> {
  if (stream.locked) throw refused("the source is a stream that is being read already");
  notAtItsEnd(stream);
  use(stream);
  const reader = stream.getReader();
  let ended = false;
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    ended = true;
  }
  const stop = (): void => {
    if (!ended) reader.cancel().catch(() => {});
    reader.releaseLock();
  };
  return { chunks: chunks(), stop };
}

function ofIterable(source: AsyncIterable<Uint8Array> & { destroy?: unknown; destroyed?: unknown }): Source {
  if (source.destroyed === true) throw refused("the source is a stream that was destroyed already");
  const isStream = typeof source.destroy === "function";
  if (isStream) {
    notAtItsEnd(source);
    use(source);
  }
  const iterator = source[Symbol.asyncIterator]();
  // An iterable that is its own iterator, such as a generator, can be iterated once.
  if (!isStream && (iterator as unknown) === source) use(source);
  let ended = false;
  const chunks: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const result = await iterator.next();
        ended = result.done === true;
        return result;
      },
    }),
  };
  const stop = (): void => {
    if (ended) return;
    // A generator that waits for its next chunk runs `return` only after it has it. `destroy` ends a stream at once.
    if (typeof source.destroy === "function") source.destroy();
    iterator.return?.().catch(() => {});
  };
  return { chunks, size: -1, facts: {}, owned: soleReader(source), stop };
}
