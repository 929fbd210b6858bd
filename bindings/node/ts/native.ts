/** The addon and what it offers. */

/** What a message of the addon's is about. */
export const Kind = {
  /** The end of a call: `text` is the answer (null: the end of a list), with `more`, `fresh`, `last` and `bytes` where they belong to it. */
  Done: 0,
  /** The end of a call: `text` is the payload of an error. */
  Failed: 1,
  /** `moved` bytes of `total` were moved. It wants an answer. */
  Progress: 2,
  /** `bytes` of a download. */
  Data: 3,
  /** There is room for more bytes of an upload. */
  Room: 4,
} as const;

/** Hears the addon's messages about calls. */
export type Settle = (
  ticket: number,
  kind: number,
  text: string | null,
  more: string[] | null,
  fresh: number[] | null,
  last: boolean,
  bytes: Buffer | null,
  moved: number | null,
  total: number | null,
) => void;

/** The addon's only constructor: one for each JavaScript environment. */
export interface Bridge {
  /** Keeps the process alive until `release`. */
  hold(): void;
  release(): void;
  /** The variables that a client may want of the environment. */
  variables(): string[];
  /** A client, or the payload of the error. `environment`: names and values in turn. */
  open(settings: string, environment: string[]): NativeClient | string;
  /** What will end a call. */
  cancel(): NativeCancel;
  /** A file that will be on its way with this ticket; `watched`: messages of progress are wanted. */
  transfer(ticket: number, watched: boolean): NativeTransfer;
  /** The payload of an InvalidArgumentError. */
  refuse(message: string, hint: string | null): string;
}

/** Methods that take a ticket give the payload of an error where the call could not be started, else null. */
export interface NativeClient {
  readonly baseUrl: string;
  readonly tokenSource: string;
  readonly fingerprint: string;
  call(
    ticket: number,
    operation: string,
    params: string,
    options: string,
    cancel: NativeCancel | null,
  ): string | null;
  pager(operation: string, params: string, options: string, cancel: NativeCancel | null): NativePager | string;
  /** `source`: a path, bytes, or the size of a stream, negative where it is not known. */
  upload(
    transfer: NativeTransfer,
    operation: string,
    params: string,
    options: string,
    source: string | Uint8Array | number,
  ): string | null;
  /** `to`: a path, true for memory, false for a stream. */
  download(
    transfer: NativeTransfer,
    operation: string,
    params: string,
    options: string,
    to: string | boolean,
    overwrite: boolean,
  ): string | null;
  /** The payload of the error for an argument of an operation that does not reach the core. */
  refuse(operation: string, message: string, hint: string | null): string;
  close(): void;
}

/** A file on its way. */
export interface NativeTransfer {
  /** Takes a chunk of an upload. False: the next one has to wait for room. */
  push(chunk: Uint8Array): boolean;
  /** There is no more to upload. */
  end(): void;
  /** A chunk of a download was taken. */
  taken(size: number): void;
  /** Frees a chunk's memory now: every view on it is empty from here on. */
  free(memory: ArrayBuffer): void;
  /** The answer to a progress: whether to go on. */
  answer(goOn: boolean): void;
  /** The stream failed, or the call is to end. */
  abort(ended: boolean): void;
}

/** What ends the calls it was given to. */
export interface NativeCancel {
  cancel(): void;
}

export interface NativePager {
  next(ticket: number): string | null;
  page(ticket: number, number: number): string | null;
  prefetch(wanted: boolean): void;
}

/** What the addon exports. */
export interface Addon {
  Bridge: new (settle: Settle) => Bridge;
}

/** The addon, or what to say of it. */
export type Found = Addon | { readonly failure: Error };

/** Loads the addon, or says what is missing. */
export function load(): Addon {
  const found = required() ?? (require("./addon.js") as Found);
  if ("Bridge" in found) return found;
  throw found.failure;
}

/**
 * The addon as the package's own "imports" lead to it: to the file itself where addons can be loaded, else, as in a bundle, to
 * `addon.js`. Tools that do not know "imports", and an addon that does not load, end there as well.
 */
function required(): Found | undefined {
  try {
    // Literal: a bundler that is told to copy addons sees the file.
    return require("#addon") as Found;
  } catch {
    return undefined;
  }
}
