/** Targets of downloads: paths, memory, and streams of Node's or the web's. */
import type { Writable } from "node:stream";
import type { FileTarget } from "./files.js";
import { isFileStream } from "./own.js";
import { refused } from "./raise.js";
import { pathOf } from "./source.js";

/** A stream that a download is written to. */
export interface Target {
  /** Called before the first write. `failed` is called with an error that occurs between writes. */
  open(failed: (reason: unknown) => void): void;
  /** True if the stream keeps no chunk after its write, so that the chunk may be freed. */
  readonly forgets: boolean;
  /** Resolves once the chunk was taken. */
  write(bytes: Buffer): Promise<void>;
  /** Called after the last write of a whole file. Resolves once the stream has ended well. */
  end(): Promise<void>;
  /** Called last, after success and failure alike, also while `end` is pending. */
  release(): void;
}

/** Validates the target of a download: a path, a stream, or undefined for memory. Throws an InvalidArgumentError. */
export function targetOf(given: FileTarget | undefined): string | Target | undefined {
  const target: unknown = given;
  if (target === undefined) return undefined;
  if (typeof target === "string") {
    if (target === "") throw refused("the target is an empty path");
    return target;
  }
  if (typeof target === "object" && target !== null) {
    if ("href" in target && "protocol" in target) return pathOf(String(target.href));
    if ("getWriter" in target && typeof target.getWriter === "function") {
      const stream = target as WritableStream<Uint8Array>;
      if (stream.locked) throw refused("the target is a stream that is being written already");
      return new WebTarget(stream);
    }
    if ("write" in target && typeof target.write === "function" && "end" in target) {
      return new NodeTarget(target as Writable);
    }
  }
  throw refused("the target must be a path, a file: URL or a stream to write to");
}

class NodeTarget implements Target {
  readonly forgets: boolean;
  readonly #stream: Writable;
  #failed: (reason: unknown) => void = () => {};
  #isFinished = false;
  #closed = (): void => {
    if (this.#isFinished || this.#stream.writableFinished === true) return;
    this.#failed(this.#stream.errored ?? new Error("the stream was closed before the download was whole"));
  };

  constructor(stream: Writable) {
    this.#stream = stream;
    this.forgets = isFileStream(stream);
  }

  open(failed: (reason: unknown) => void): void {
    this.#failed = failed;
    this.#stream.on("error", failed).on("close", this.#closed);
    if (this.#stream.destroyed) this.#closed();
  }

  write(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  end(): Promise<void> {
    // The process's own streams cannot be ended, and others still write to them.
    if (this.#stream === process.stdout || this.#stream === process.stderr) return Promise.resolve();
    // An error, or a close without an end, breaks the transfer by the listeners of `open`.
    return new Promise((resolve, reject) => {
      this.#stream.end((error?: Error | null) => {
        if (error) return reject(error);
        this.#isFinished = true;
        resolve();
      });
    });
  }

  release(): void {
    this.#stream.off("close", this.#closed);
    // A late error, of a write that nobody waits for any more, must not end the process as an unhandled event.
    this.#stream.off("error", this.#failed);
    if (this.#stream.errored === null) return;
    this.#stream.once("error", () => {});
  }
}

class WebTarget implements Target {
  readonly forgets = false;
  readonly #stream: WritableStream<Uint8Array>;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;

  constructor(stream: WritableStream<Uint8Array>) {
    this.#stream = stream;
  }

  open(failed: (reason: unknown) => void): void {
    this.#writer = this.#stream.getWriter();
    this.#writer.closed.catch(failed);
  }

  async write(bytes: Buffer): Promise<void> {
    await this.#writer?.ready;
    await this.#writer?.write(bytes);
  }

  async end(): Promise<void> {
    await this.#writer?.close();
  }

  release(): void {
    this.#writer?.releaseLock();
  }
}
