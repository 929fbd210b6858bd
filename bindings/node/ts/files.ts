/** Files that go in and come out: what may be given, and what comes back. */

/** A `file:` URL. */
export interface FileUrl {
  readonly href: string;
  readonly protocol: string;
}

/** A Blob, or a web File. */
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
 * What to upload: a path, a `file:` URL, bytes, a Blob or a stream. A stream is read with backpressure, and destroyed or
 * cancelled where the call ends before it does: it can be given once, and after an error the call is not `retryable`. A path,
 * bytes and a Blob can be given again.
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
 * Where to put a file: a path (the file appears there whole or not at all), a folder (under the name the server gives), a
 * `file:` URL, or a stream. A stream is ended with the file; after an error it stays open, with what was written so far.
 */
export type FileTarget = string | FileUrl | StreamTarget;

/**
 * Called with the bytes moved so far and the whole size where it is known: at the start, about every 50 ms, and at the end.
 * Returning false cancels: the call rejects with a CancelledError. What it throws rejects the call as it is.
 */
export type OnProgress = (moved: number, total: number | undefined) => unknown;

/** How to upload. */
export interface UploadOptions {
  /** Told of progress; may cancel. */
  onProgress?: OnProgress | undefined;
}

/** Where to put a download, and how. */
export interface DownloadOptions {
  /** Where to; into memory unless given. */
  to?: FileTarget | undefined;
  /** Replace a file that exists. */
  overwrite?: boolean | undefined;
  /** Told of progress; may cancel. */
  onProgress?: OnProgress | undefined;
}

/** A Buffer. */
export type Bytes = typeof globalThis extends { Buffer: { alloc(size: number): infer B } } ? B : Uint8Array;

/** A file that was downloaded. */
export interface File {
  /** Where it lies, if it went to a path. */
  readonly path?: string;
  /** Its bytes, if it went into memory. */
  readonly content?: Bytes;
  /** The name the server gave it, made safe; absent if it gave none. */
  readonly name?: string;
  /** Its MIME type. */
  readonly contentType?: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly sha256: string;
}
