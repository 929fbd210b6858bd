/** Readings of Node's streams. */
import { ReadStream } from "node:fs";
import { Socket } from "node:net";
import { basename } from "node:path";
import { Readable, finished, isReadable, type Duplex } from "node:stream";
import { soleReader } from "./own.js";
import { refused } from "./raise.js";
import { disuse, quietly, unused, use, type Reading } from "./reading.js";

/** True for a Readable of Node's, or of the package `readable-stream`. Others are read by their iterator. */
export function isNodeStream(source: object): source is Readable {
  const methods = ["on", "off", "read", "resume", "destroy"];
  return (
    "readableFlowing" in source && methods.every((name) => typeof Reflect.get(source, name) === "function")
  );
}

/** Throws an InvalidArgumentError for a stream that others have read to its end. */
export function notAtItsEnd(stream: object): void {
  // The functions also take web streams, which the types of old versions of Node do not say. They know no other streams.
  const given = stream as NodeJS.ReadableStream;
  if (Readable.isDisturbed(given) && !isReadable(given))
    throw refused("the source is a stream that stands at its end: make a new one");
}

/** The name of the file that a file stream reads. Undefined for any other stream, such as a request with a `path`. */
export function fileNameOf(stream: Readable): string | undefined {
  if (!("fd" in stream && "path" in stream) && !(stream instanceof ReadStream)) return undefined;
  const { path } = stream as { readonly path?: unknown };
  const name = typeof path === "string" || Buffer.isBuffer(path) ? basename(String(path)) : "";
  return name === "" ? undefined : name;
}

/** The reading of a stream of Node's. */
export class NodeReading implements Reading {
  readonly #stream: Readable;
  #failed: (reason: unknown) => void = () => {};
  #end: { readonly reason: unknown } | undefined;
  #ended = false;
  #wake = (): void => {};
  #release = (): void => {};
  #owned = (): boolean => false;

  /** Throws an InvalidArgumentError for a stream that cannot be read. */
  constructor(stream: Readable) {
    const cause: unknown = stream.errored ?? undefined;
    if (cause !== undefined)
      throw refused("the source is a stream that has failed already: make a new one", "The cause says why.", cause);
    if (stream.destroyed) throw refused("the source is a stream that was destroyed already: make a new one");
    notAtItsEnd(stream);
    if (stream.readableFlowing === true && stream.readableDidRead)
      throw refused(
        "the source is a stream that flows already, and its first bytes have gone by",
        "Give the stream to upload() before anybody listens to its data or pipes it.",
      );
    unused(stream);
    this.#stream = stream;
  }

  open(failed: (reason: unknown) => void): void {
    const stream = this.#stream;
    use(stream);
    this.#failed = failed;
    // A stream may fail while the call waits for its turn.
    stream.on("error", failed);
    this.#owned = soleReader(stream);
    const forget = finished(stream, { writable: false }, (reason) => {
      this.#end = { reason };
      this.#wake();
    });
    // Now, and not with the first chunk: a stream that another one listens to would flow past the call that waits.
    const more = (): void => this.#wake();
    stream.on("readable", more);
    this.#release = () => {
      stream.off("readable", more);
      forget();
    };
  }

  /**
   * Reads as the stream's own iterator does, but without the two of its habits that a call cannot have: it destroys the stream
   * when it is left, and it can be left only once it has its next chunk.
   */
  async *chunks(): AsyncGenerator<unknown, void, undefined> {
    const stream = this.#stream;
    for (;;) {
      const chunk: unknown = stream.destroyed ? null : stream.read();
      if (chunk !== null) yield chunk;
      else if (this.#end === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (this.#end.reason !== undefined && this.#end.reason !== null) throw this.#end.reason;
      else break;
    }
    this.#ended = true;
  }

  owned(): boolean {
    return this.#owned();
  }

  stop(): void {
    const stream = this.#stream;
    // A stream that is let go may fail later, when nobody listens: that would end the process.
    if (!this.#ended) quietly(() => stream.on("error", () => {}));
    this.#detach();
    if (!this.#ended) quietly(() => (endsMore(stream) ? stream.resume() : stream.destroy()));
  }

  leave(): void {
    disuse(this.#stream);
    this.#detach();
  }

  #detach(): void {
    quietly(() => this.#release());
    quietly(() => this.#stream.off("error", this.#failed));
  }
}

/**
 * True if the end of a stream would end more than the stream: who destroys a request takes the socket, on which its sender waits
 * for an answer. The rest of such a stream is thrown away as it comes, so that its sender gets to reading the answer.
 */
function endsMore(stream: Readable): boolean {
  const { method, headers, truncated } = stream as { method?: unknown; headers?: unknown; truncated?: unknown };
  // A server's request, of HTTP/1 or 2 or of a framework. A client's response has no method: its socket answers nobody.
  if (typeof method === "string" && typeof headers === "object") return true;
  // A file within a form, of `busboy`: the parser waits until it is read, and the request waits for the parser.
  if (typeof truncated === "boolean") return true;
  const { writableFinished, _transform } = stream as Duplex & { readonly _transform?: unknown };
  // The other end of a child's output is not an answer, and the child has to learn that nobody reads.
  const isOutput = stream instanceof Socket && stream.remoteAddress === undefined && !isOfServer(stream);
  // A stream of both directions whose other one is still open. A Transform has one direction.
  return writableFinished === false && typeof _transform !== "function" && !isOutput;
}

function isOfServer(socket: Socket): boolean {
  const { server } = socket as { readonly server?: unknown };
  return server !== undefined && server !== null;
}
