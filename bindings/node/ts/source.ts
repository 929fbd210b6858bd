/** Sources of uploads: paths, bytes, Blobs, bodies of `fetch` and streams. */
import { Blob as NodeBlob } from "node:buffer";
import { fileURLToPath } from "node:url";
import { bytesOf } from "./bytes.js";
import type { BlobLike, BodyLike, FileSource } from "./files.js";
import { IterableReading } from "./iterable.js";
import { refused } from "./raise.js";
import { NodeReading, fileNameOf, isNodeStream } from "./readable.js";
import type { Reading } from "./reading.js";
import { WebReading, type WebStream } from "./webstream.js";

/** A validated source: a path or bytes, which the addon reads by itself, or a stream. */
export type Source = Whole | Stream;

interface Whole {
  readonly whole: string | Uint8Array;
  readonly reading?: undefined;
  readonly facts: Facts;
}

interface Stream {
  readonly reading: Reading;
  /** The size in bytes, negative if unknown. */
  readonly size: number;
  readonly facts: Facts;
}

/** A source's own name and type, which parameters replace. */
interface Facts {
  readonly name?: string;
  readonly type?: string;
}

/** Validates the source of an upload, and leaves it as it is. Throws an InvalidArgumentError. */
export function sourceOf(given: FileSource): Source {
  const source: unknown = given;
  if (typeof source === "string") {
    if (source === "") throw refused("the source is an empty path");
    return { whole: source, facts: {} };
  }
  const bytes = bytesOf(source);
  if (bytes !== undefined) return { whole: bytes, facts: {} };
  if (typeof source === "object" && source !== null) {
    if ("href" in source && "protocol" in source) return { whole: pathOf(String(source.href)), facts: {} };
    if (isBody(source)) return ofBody(source);
    if (isBlob(source)) return ofBlob(source);
    const stream = ofStream(source, true);
    if (stream !== undefined) return stream;
  }
  throw refused(
    "the source must be a path, a file: URL, bytes, a Blob, a Response, a Request or a stream of bytes",
  );
}

/** The path of a `file:` URL. Throws an InvalidArgumentError. */
export function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw refused("only a file: URL can be a path", undefined, cause);
  }
}

/** The source for a stream, undefined for what is none. */
function ofStream(source: object, lingers: boolean): Stream | undefined {
  if ("getReader" in source && typeof source.getReader === "function")
    return { reading: new WebReading(source as WebStream, lingers), size: -1, facts: {} };
  if (isNodeStream(source)) {
    const name = fileNameOf(source);
    return { reading: new NodeReading(source), size: -1, facts: name === undefined ? {} : { name } };
  }
  if (Symbol.asyncIterator in source)
    return { reading: new IterableReading(source as AsyncIterable<unknown>), size: -1, facts: {} };
  return undefined;
}

/** True for a Blob or a File of any realm or package. */
function isBlob(source: object): source is BlobLike {
  return (
    "size" in source &&
    typeof source.size === "number" &&
    "arrayBuffer" in source &&
    typeof source.arrayBuffer === "function"
  );
}

function ofBlob(blob: BlobLike): Stream {
  const { name, type } = blob as { readonly name?: unknown; readonly type?: unknown };
  const facts = {
    ...(typeof name === "string" && name !== "" ? { name } : {}),
    ...(typeof type === "string" && type !== "" ? { type } : {}),
  };
  return { reading: new BlobReading(blob), size: blob.size, facts };
}

/** The reading of a Blob, which makes a new stream for each. */
class BlobReading implements Reading {
  readonly #blob: BlobLike;
  #stream: Reading | undefined;
  #failed: (reason: unknown) => void = () => {};

  constructor(blob: BlobLike) {
    this.#blob = blob;
  }

  open(failed: (reason: unknown) => void): void {
    this.#failed = failed;
  }

  async *chunks(): AsyncGenerator<unknown, void, undefined> {
    const blob = this.#blob;
    // A Blob of jsdom has no stream.
    const made: unknown = typeof blob.stream === "function" ? blob.stream() : undefined;
    const stream = typeof made === "object" && made !== null ? ofStream(made, false)?.reading : undefined;
    if (stream === undefined) return yield await blob.arrayBuffer();
    this.#stream = stream;
    stream.open(this.#failed);
    yield* stream.chunks();
  }

  /** A Blob of Node's makes a new chunk for each read of its stream. A replaced `stream` may keep its chunks. */
  owned(): boolean {
    return this.#blob.stream === NodeBlob.prototype.stream;
  }

  stop(): void {
    this.#stream?.stop();
  }

  leave(): void {
    this.stop();
  }
}

/** True for a Response or a Request of `fetch`, of Node's or of a package. */
function isBody(source: object): source is BodyLike {
  return "body" in source && "bodyUsed" in source && "arrayBuffer" in source && "headers" in source;
}

function ofBody(given: BodyLike): Source {
  const { status, ok } = given as { readonly status?: unknown; readonly ok?: unknown };
  const [noun, member] = typeof status === "number" ? ["Response", "response"] : ["Request", "request"];
  if (ok === false)
    throw refused(
      `the source is a Response with the status ${String(status)}, whose body is hardly the file`,
      "Look at response.ok first. To send the body all the same, give response.body.",
    );
  if (given.bodyUsed) throw refused(`the source is a ${noun} whose body was read already`);
  const type = typeOf(given);
  if (type?.startsWith("multipart/"))
    throw refused(
      `the source is a ${noun} whose body is a form, and not a file`,
      `Give the form's file: (await ${member}.formData()).get("file").`,
    );
  const facts = type === undefined ? {} : { type };
  const { body } = given;
  if (body === null || body === undefined) return { whole: new Uint8Array(0), facts };
  const stream = typeof body === "object" ? ofStream(body, noun === "Request") : undefined;
  if (stream === undefined) throw refused(`the source is a ${noun} whose body is no stream`);
  return { ...stream, facts };
}

/** The MIME type of a body. `application/octet-stream` says that the type is not known. */
function typeOf(given: BodyLike): string | undefined {
  const type: unknown = given.headers.get("content-type");
  return typeof type === "string" && type !== "" && !type.startsWith("application/octet-stream")
    ? type
    : undefined;
}
