/** The addon and what it offers. Only this file knows where it lies. */

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
  /** A client, or the payload of the error. */
  open(settings: string): NativeClient | string;
  /** What will end a call. */
  cancel(): NativeCancel;
  /** A file that will be on its way with this ticket; `watched`: messages of progress are wanted. */
  transfer(ticket: number, watched: boolean): NativeTransfer;
  /** The payload of an InvalidArgumentError. */
  refuse(message: string): string;
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

interface Addon {
  Bridge: new (settle: Settle) => Bridge;
}

const FILE = "../penbox.node";

/** Loads the addon, or says what is missing. */
export function load(): Addon {
  try {
    return require(FILE) as Addon;
  } catch (cause) {
    throw new Error(`penbox: there is no native addon for ${platform()}. ${advice(cause)}`, {
      cause,
    });
  }
}

function advice(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return code === "MODULE_NOT_FOUND"
    ? "The package was installed without it: build it with `npm run build` in the package's source folder (this needs Rust), or install the package again on this machine."
    : "The addon is there but does not load, most likely because it was built for another platform: do not copy node_modules between machines, install the package again on this one.";
}

/** Such as `linux x64 (glibc 2.36)`. */
function platform(): string {
  const { platform, arch } = process;
  return platform === "linux" ? `${platform} ${arch} (${libc()})` : `${platform} ${arch}`;
}

function libc(): string {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  const glibc = report?.header?.glibcVersionRuntime;
  return glibc === undefined ? "musl" : `glibc ${glibc}`;
}
