/** The addon and what it offers. Only this file knows where it lies. */

/**
 * Settles a call: `error` is the payload of an error, `text` an answer, `fresh` the positions of a page's new items
 * (null: all are new). Neither error nor text: the end of a list.
 */
export type Settle = (
  ticket: number,
  error: string | null,
  text: string | null,
  fresh: number[] | null,
) => void;

/** The addon's only constructor: one for each JavaScript environment. */
export interface Bridge {
  /** Keeps the process alive until `release`. */
  hold(): void;
  release(): void;
  /** A client, or the payload of the error. */
  open(settings: string): NativeClient | string;
  /** The payload of an InvalidArgumentError. */
  refuse(message: string): string;
}

/** Methods that take a ticket give the payload of an error where the call could not be started, else null. */
export interface NativeClient {
  readonly baseUrl: string;
  readonly tokenSource: string;
  readonly fingerprint: string;
  call(ticket: number, operation: string, params: string, options: string): string | null;
  pager(operation: string, params: string, options: string): NativePager | string;
  close(): void;
}

export interface NativePager {
  next(ticket: number): string | null;
  page(ticket: number, number: number): string | null;
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
