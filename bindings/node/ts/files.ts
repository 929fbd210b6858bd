/** Types of files: sources, targets, and the result of a download. */

/** A `file:` URL. */
export interface FileUrl {
  readonly href: string;
  readonly protocol: string;
}

/** Bytes: a Buffer, any typed array, a DataView, an ArrayBuffer or a SharedArrayBuffer, of any realm. */
export type BinaryData = ArrayBufferView | ArrayBufferLike;

/** A Blob or a web File, of any realm or package. */
export interface BlobLike {
  readonly size: number;
  stream(): unknown;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A Response or a Request of `fetch`, of any realm or package. */
export interface BodyLike {
  readonly body: unknown;
  readonly bodyUsed: boolean;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A stream of bytes: Node's Readable or any async iterable, or a web ReadableStream. */
export type StreamSource =
  | AsyncIterable<BinaryData>
  | { getReader(): { read(): Promise<{ done: boolean; value?: BinaryData | undefined }> } };

/**
 * The source of an upload: a path, a `file:` URL, bytes, a Blob or a stream. The file at a path is read while
 * it is sent, in constant memory. The last part of the path is its name unless another is given. A stream is
 * read once, while it is sent, in constant memory. After it was read the call makes no further attempt, and
 * its error is not `retryable`. Bytes have no name of their own, so one must be given.
 *
 * A stream is read with backpressure, and nothing is sent before its first chunk is there. A stream that stalls does
 * not hold the call up beyond its `timeoutMs`, its `signal` or the client's `close`. A path, bytes and a Blob can be
 * given again. A web File and a stream of `createReadStream` have a name; of a Response or a Request the body and the
 * type are taken.
 *
 * If an argument is refused, a stream stays as it was. After any other failure a stream is ended as `pipeline` and
 * `fetch` do it: a Readable is destroyed, a web stream is cancelled, an iterator is returned. A stream whose end would
 * end more than itself is let go instead, and its rest thrown away as it comes: a request of `http` or `http2`, so that
 * its sender gets your answer, a socket or another Duplex that can still be written to, and a file of `busboy`. A web
 * stream may be such a request, so its rest is read for at most 30 s, 5 s of silence and 64 MiB before it is cancelled.
 */
export type FileSource = string | FileUrl | BinaryData | BlobLike | BodyLike | StreamSource;

/** A stream to write to: Node's Writable, or a web WritableStream. */
export type StreamTarget =
  | {
      write(chunk: Uint8Array, callback: (error?: Error | null) => void): unknown;
      end(callback?: () => void): unknown;
    }
  | { getWriter(): { write(chunk: Uint8Array): Promise<void>; close(): Promise<void> } };

/**
 * The target of a download: a path, a folder, a `file:` URL, or a stream. The file appears at a path whole or
 * not at all; in a folder it has the name that the server gives. It is written in constant memory. A new file
 * has the permissions of any new file, one that is replaced keeps its own, and its owner and group where the
 * process may set them. A file that exists is kept unless `overwrite` is set, and is a FileError: before
 * anything is sent, or in a folder after the answer, which alone names the file. A stream gets the file piece
 * by piece, in constant memory. After an error the bytes that were written are the caller's to clean up.
 *
 * A stream is ended with the file. After an error it stays open.
 */
export type FileTarget = string | FileUrl | StreamTarget;

/**
 * A function that is called with the number of bytes moved so far, and with the size of the whole file where
 * it is known. It may cancel the call.
 *
 * It is called at the start, about every 50 ms, and at the end. If it returns false, the call rejects with a
 * CancelledError. If it throws, the call rejects with the thrown value.
 */
export type OnProgress = (moved: number, total: number | undefined) => unknown;

/** Options of an upload. */
export interface UploadOptions {
  /** The progress callback, which may cancel the call. */
  onProgress?: OnProgress | undefined;
}

/** Options of a download. */
export interface DownloadOptions {
  /**
   * The target. Without a target the file comes into memory, at most 256 MiB of it unless the client has
   * another limit.
   */
  to?: FileTarget | undefined;
  /**
   * Replaces a file that exists.
   *
   * Default: false.
   */
  overwrite?: boolean | undefined;
  /** The progress callback, which may cancel the call. */
  onProgress?: OnProgress | undefined;
}

/** A Buffer, or a Uint8Array where the types of Node are missing. */
export type Bytes = typeof globalThis extends { Buffer: { alloc(size: number): infer B } } ? B : Uint8Array;

/** A file that was downloaded. */
export interface File {
  /** The path of the file, if it was written to one. */
  readonly path?: string;
  /** The bytes of the file, if they are in memory. */
  readonly content?: Bytes;
  /**
   * The name that the server gave the file, made safe as a file name, if it gave one. It begins with no dot
   * and no dash.
   */
  readonly name?: string;
  /** The MIME type of the file, if the server gave one. */
  readonly contentType?: string;
  /** The size of the file in bytes. */
  readonly size: number;
  /** The SHA-256 of the file's bytes, in hexadecimal. */
  readonly sha256: string;
}
