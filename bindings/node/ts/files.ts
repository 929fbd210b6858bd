/** Types of files: sources, targets, and the result of a download. */

/** A `file:` URL. */
export interface FileUrl {
  readonly href: string;
  readonly protocol: string;
}

/** A Blob or a web File. */
export interface BlobLike {
  readonly size: number;
  stream(): unknown;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A stream of bytes: Node's Readable or any async iterable, or a web ReadableStream. */
export type StreamSource =
  | AsyncIterable<Uint8Array>
  | { getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> } };

/**
 * The source of an upload: a path, a `file:` URL, bytes, a Blob or a stream. A stream is read with backpressure, and destroyed
 * or cancelled if the call ends before it. It can be given once, and after an error the call is not `retryable`. A path, bytes
 * and a Blob can be given again.
 */
export type FileSource = string | FileUrl | Uint8Array | BlobLike | StreamSource;

/** A stream to write to: Node's Writable, or a web WritableStream. */
export type StreamTarget =
  | {
      write(chunk: Uint8Array, callback: (error?: Error | null) => void): unknown;
      end(callback?: () => void): unknown;
    }
  | { getWriter(): { write(chunk: Uint8Array): Promise<void>; close(): Promise<void> } };

/**
 * The target of a download: a path (the file appears there whole or not at all), a folder (under the name the server gives), a
 * `file:` URL, or a stream. A stream is ended with the file. After an error it stays open, with the bytes written so far.
 */
export type FileTarget = string | FileUrl | StreamTarget;

/**
 * A progress callback. It is called with the bytes moved so far and the size of the file in bytes if it is known: at the start,
 * about every 50 ms, and at the end. If it returns false, the call rejects with a CancelledError. If it throws, the call rejects
 * with the thrown value.
 */
export type OnProgress = (moved: number, total: number | undefined) => unknown;

/** Options of an upload. */
export interface UploadOptions {
  /** The progress callback, which may cancel the call. */
  onProgress?: OnProgress | undefined;
}

/** Options of a download. */
export interface DownloadOptions {
  /** The target. Without one the file is downloaded into memory. */
  to?: FileTarget | undefined;
  /** Replace a file that exists. Default: false, and then such a file is a FileError. */
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
  /** The server's name for the file, made safe as a file name; absent if it sent none. */
  readonly name?: string;
  /** The MIME type of the file. */
  readonly contentType?: string;
  /** The size of the file in bytes. */
  readonly size: number;
  /** The SHA-256 of the file's bytes, in hexadecimal. */
  readonly sha256: string;
}
