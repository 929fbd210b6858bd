/** The addon: its types, and the way to load it. */

/** The kinds of the addon's messages. */
export const Kind = {
  /** The call succeeded: the text of its answer, or null at the end of a list. */
  Done: 0,
  /** The call failed: the payload of its error. */
  Failed: 1,
  /** Bytes of a file were moved. The addon waits for an answer. */
  Progress: 2,
  /** The next bytes of a download. */
  Data: 3,
  /** The upload wants its first bytes, or has room for more. */
  Room: 4,
  /** The call succeeded, with a page of a list. */
  Page: 5,
  /** The call succeeded, with a file in memory. */
  Content: 6,
  /** The client asks for its token. The addon waits for an answer. */
  Token: 7,
  /** The HTTP side of a call that has succeeded. Its end follows. */
  Head: 8,
  /** The target of a download has all bytes and is to be ended. */
  End: 9,
  /** A hook is to be called. The addon waits for an answer. */
  Hook: 10,
  /** A line for the logger. */
  Log: 11,
} as const;

/** A message: the ticket of its call, its kind and its content. */
export type Message =
  | [ticket: number, kind: typeof Kind.Done, text: string | null]
  | [ticket: number, kind: typeof Kind.Failed, payload: string]
  | [ticket: number, kind: typeof Kind.Progress, sizes: [moved: number, total: number | null]]
  | [ticket: number, kind: typeof Kind.Data, bytes: Buffer]
  | [ticket: number, kind: typeof Kind.Room, nothing: null]
  | [ticket: number, kind: typeof Kind.End, nothing: null]
  | [ticket: number, kind: typeof Kind.Page, page: [string, string[] | null, number[] | null, boolean]]
  | [ticket: number, kind: typeof Kind.Token, number: number]
  | [ticket: number, kind: typeof Kind.Content, file: [facts: string, bytes: Buffer]]
  | [ticket: number, kind: typeof Kind.Head, head: string]
  | [ticket: number, kind: typeof Kind.Hook, asked: string]
  | [ticket: number, kind: typeof Kind.Log, line: string];

/** Receives all messages that are there, in their order: the three members of each in turn. */
export type Settle = (batch: readonly Message[number][]) => void;

/** The addon's only class with a constructor: one object for each JavaScript environment. */
export interface Bridge {
  /** Keeps the process alive until `release`. */
  hold(): void;
  /** Lets the process end. */
  release(): void;
  /** The names of the environment variables that a client may read. */
  variables(): string[];
  /** A client, or the payload of the error. `environment` has names and values in turn. With `provider` messages with this ticket ask for the token. `watch` is a JSON object of the hooks and the logger. */
  open(settings: string, environment: string[], provider: number | null, watch: string | null): NativeClient | string;
  /** The usage of all clients of the process by token, as a JSON list. */
  processStats(): string;
  /** A client that writes what it is answered to a file, or the payload of the error. See `open`. */
  record(path: string, settings: string, environment: string[], provider: number | null, watch: string | null): NativeClient | string;
  /** A recording, or the payload of the error. */
  recording(path: string): NativeRecording | string;
  /** The payload of the error of a set of workspaces, or null. A fingerprint that is not known is an empty text. */
  checkWorkspaces(slugs: string[], fingerprints: string[]): string | null;
  /** The payload of the error for a slug that no client has. */
  unknownWorkspace(slug: string, known: string[]): string;
  /** A new cancel, for one call or for all calls of a list. */
  cancel(): NativeCancel;
  /** A transfer for the call with this ticket. `watched` says that messages of progress are sent. */
  transfer(ticket: number, watched: boolean): NativeTransfer;
  /** Runs the command `doctor`. A JSON list: the exit code, and the texts for standard output and standard error. */
  doctor(program: string, args: string[], environment: string[]): string;
  /** The payload of an InvalidArgumentError. */
  refuse(message: string, hint: string | null): string;
  /** A verifier of the deliveries to an address, or the payload of the error. With `clocked` each step brings the time. */
  verifier(url: string, settings: string, network: string, environment: string[], clocked: boolean): NativeVerifier | string;
}

/** A verifier. `step` is `verify`, `unwrap` or `forget`; `headers` has names and values in turn. */
export interface NativeVerifier {
  /**
   * Makes a step by the keys that are known: `["done", the decision as JSON]` or `["failed", the payload of an error]`. Null if keys have to
   * be fetched first.
   */
  decide(step: string, headers: string[], body: Uint8Array, now: number | null): string[] | null;
  /** Verifies the delivery of a step on a thread of its own, for which keys may be fetched. It does not make the step. */
  fetch(ticket: number, step: string, headers: string[], body: Uint8Array, now: number | null): string | null;
  /** The payload of the error for a delivery that a store of JavaScript's refuses: it has it already, or failed with this text. */
  refusal(failure: string | null): string;
}

/** A client. Methods that start a call return null, or the payload of an error if it could not be started. */
export interface NativeClient {
  readonly baseUrl: string;
  readonly tokenSource: string;
  readonly fingerprint: string | null;
  /** Replaces the token. Returns null, or the payload of an error. */
  setToken(token: string): string | null;
  /** Answers a question for the token. */
  giveToken(number: number, token: string): void;
  /** Answers a question for the token by the fault of the function that was to give it. */
  refuseToken(number: number, fault: "raised" | "type" | "nothing", text: string): void;
  /** Answers a hook: with headers, names and values in turn, or with the text of its error. */
  answerHook(number: number, headers: string[], error: string | null): void;
  /** Has the calls that are started now run no hooks (1), and not be logged either (2), until it is told 0. */
  quiet(part: number): void;
  call(
    ticket: number,
    operation: string,
    params: string,
    options: string,
    cancel: NativeCancel | null,
  ): string | null;
  /** `parts` is a JSON object of `query`, `body`, `safe` and `headers`. */
  request(
    ticket: number,
    method: string,
    path: string,
    parts: string,
    options: string,
    cancel: NativeCancel | null,
  ): string | null;
  /** Another view of the client, whose calls send their HTTP side. It does not close the client. */
  withResponse(): NativeClient;
  /** Forgets the answers that the client keeps. */
  clearCache(): void;
  /** Tells the waits for a form that it has changed, and returns their number. */
  notifyForm(id: string): number;
  /** The use of the cache: hits, misses, entries and bytes. */
  cacheStats(): [hits: number, misses: number, entries: number, bytes: number];
  /** The usage of the client, as a JSON object. */
  stats(): string;
  /** Starts a check, whose answer is the report. */
  check(ticket: number, workspace: string | null, options: string, cancel: NativeCancel | null): string | null;
  pager(operation: string, params: string, options: string, cancel: NativeCancel | null): NativePager | string;
  /** `source` is a path, bytes, or the size of a stream in bytes, negative if unknown. */
  upload(
    transfer: NativeTransfer,
    operation: string,
    params: string,
    options: string,
    source: string | Uint8Array | number,
  ): string | null;
  /** `to` is a path, true for memory, or false for a stream. */
  download(
    transfer: NativeTransfer,
    operation: string,
    params: string,
    options: string,
    to: string | boolean,
    overwrite: boolean,
  ): string | null;
  /** The payload of the error for an operation's argument that is refused before it reaches the core. */
  refuse(operation: string, message: string, hint: string | null): string;
  /** The same for an argument of `request`. */
  refuseRequest(method: string, path: string, message: string, hint: string | null): string;
  /** Ends the client and its calls. It may be called again. */
  close(): void;
}

/** A recording that was read, and the answers of it that are left. */
export interface NativeRecording {
  /** A client that gets the answers, or the payload of the error. */
  client(settings: string, watch: string | null): NativeClient | string;
  /** A JSON object: the number of the answers that are left by what they answer. */
  left(): string;
}

/** A transfer: a file that a call moves. */
export interface NativeTransfer {
  /** Takes a chunk of an upload. False if the next one has to wait for room. */
  push(chunk: Uint8Array): boolean;
  /** Marks the end of an upload's source, or that a download's target has ended well. */
  end(): void;
  /** Notes that a chunk of a download was taken, by its size in bytes. */
  taken(size: number): void;
  /** Frees a chunk's memory now: every view of it is empty from here on. */
  free(memory: ArrayBuffer): void;
  /** Answers a report of progress. False cancels the call. */
  answer(goOn: boolean): void;
  /** Breaks the transfer: its stream failed, or with `ended` its call is to end. */
  abort(ended: boolean): void;
}

/** A cancel. It ends the calls that were started with it. */
export interface NativeCancel {
  cancel(): void;
}

/** The iteration over the pages of a list. */
export interface NativePager {
  /** Fetches the next page. */
  next(ticket: number): void;
  /** Fetches a page by its number, from 1. */
  page(ticket: number, number: number): string | null;
  /** Says if each page is fetched while the one before it is read. */
  prefetch(wanted: boolean): void;
}

/** The exports of the addon. */
export interface Addon {
  Bridge: new (settle: Settle) => Bridge;
}

/** The addon, or the error that says why there is none. */
export type Found = Addon | { readonly failure: Error };

/** The addon. Where there is none the import of this file throws an error that says what is missing. */
export const addon = load();

function load(): Addon {
  const found = required() ?? (require("./addon.js") as Found);
  if ("Bridge" in found) return found;
  throw found.failure;
}

/**
 * The addon by the package's own "imports": they name the file itself if addons can be loaded, else, as in a bundle, `addon.js`.
 * Undefined for tools that do not know "imports", and for an addon that does not load.
 */
function required(): Found | undefined {
  try {
    // The name is literal, so that a bundler that copies addons finds the file.
    return require("#addon") as Found;
  } catch {
    return undefined;
  }
}
