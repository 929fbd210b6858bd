/** Calls: arguments become text for the addon, and its text becomes values or an error. */
import { bridge, call, ended, watch, type Answer } from "./calls.js";
import { CheckReport, type CheckOptions } from "./check.js";
import { environment } from "./environment.js";
import type { DownloadOptions, File, FileSource, UploadOptions } from "./files.js";
import type { PenboxSettings } from "./generated/settings.js";
import type { NativeCancel, NativeClient, NativePager } from "./native.js";
import { Observer, WATCHING } from "./observer.js";
import type { CallOptions } from "./options.js";
import { Pager, type List } from "./pager.js";
import { Provider } from "./provider.js";
import { errorOf, named, placed, placedRequest, refused } from "./raise.js";
import { Changes } from "./signal.js";
import { download, upload } from "./transfer.js";
import { partsOf, type RequestParts } from "./request.js";
import { ResponsePages } from "./response_pages.js";
import { withResponse } from "./with_response.js";
import { membersOf, type Own } from "./wire.js";

/** The way in which the addon makes a client of settings. */
type Open = (
  settings: string,
  environment: string[],
  provider: number | null,
  watch: string | null,
) => NativeClient | string;

/** Settings of a client that the addon makes in another way: one that records, or is played to. */
export class Opened {
  constructor(
    readonly settings: PenboxSettings,
    readonly open: Open,
  ) {}
}

/** Makes the calls of one client. */
export class Caller {
  readonly native: NativeClient;
  readonly #provider: Provider | undefined;
  readonly #observer: Observer | undefined;
  /** The caller whose view this one is. It is kept reachable: its client ends when V8 collects it. */
  readonly #origin: Caller | undefined;

  /** Validates the settings. Sends nothing. Throws a ConfigError. Of a caller it makes the view that records the HTTP side. */
  constructor(settings: PenboxSettings | Caller | Opened) {
    if (settings instanceof Caller) {
      this.#origin = settings;
      this.#provider = settings.#provider;
      this.#observer = settings.#observer;
      this.native = settings.native.withResponse();
      if (this.#observer !== undefined) watch(this.native, this.#observer);
      return;
    }
    const open = settings instanceof Opened ? settings.open : (...given: Parameters<Open>) => bridge.open(...given);
    const [text, give, watching] = settingsText(settings instanceof Opened ? settings.settings : settings);
    this.#provider = give === undefined ? undefined : new Provider(give);
    this.#observer = watching === undefined ? undefined : new Observer(watching);
    const variables = environment(bridge.variables());
    const native = open(text, variables, this.#provider?.ticket ?? null, this.#observer?.text ?? null);
    if (typeof native === "string") throw errorOf(native);
    this.#provider?.use(native);
    this.#observer?.use(native);
    if (this.#observer !== undefined) watch(native, this.#observer);
    this.native = native;
  }

  /** Replaces the token. Throws a ConfigError or a ClosedError. */
  setToken(token: string): void {
    // The core refuses the empty text; the addon's own error for a wrong type would not be the SDK's.
    const refused = this.native.setToken(typeof token === "string" ? token : "");
    if (refused !== null) throw errorOf(refused);
  }

  /** Calls an operation. Rejects with a PenboxError, whose `outcome` says if the request may have acted. */
  async call<T>(
    operation: string,
    params: object | undefined,
    options: CallOptions | undefined,
    own?: Own,
  ): Promise<T> {
    const [members, changes] = this.#given(operation, params, options, own);
    const cancel = changes.cancel();
    const answer = await this.#settled(changes, cancel, (ticket) =>
      this.native.call(ticket, operation, members, changes.text, cancel),
    );
    return this.#result<T>(JSON.parse(answer.text ?? "null"), answer);
  }

  /** Sends a request that no operation makes. Rejects with a PenboxError. */
  async request(
    method: string,
    path: string,
    parts: RequestParts | undefined,
    options: CallOptions | undefined,
  ): Promise<unknown> {
    // The core refuses a method or a path that is no text by the empty one.
    const [verb, place] = [textual(method), textual(path)];
    const validate = (): [string, Changes] => [partsOf(parts), new Changes(options)];
    const [text, changes] = placedRequest(this.native, verb, place, validate);
    const cancel = changes.cancel();
    const answer = await this.#settled(changes, cancel, (ticket) =>
      this.native.request(ticket, verb, place, text, changes.text, cancel),
    );
    return this.#result<unknown>(JSON.parse(answer.text ?? "null"), answer);
  }

  /** Checks the client. A call that fails is a finding of the report. */
  async check(what: CheckOptions | undefined, options: CallOptions | undefined): Promise<CheckReport> {
    const [workspace, changes] = placed(this.native, "workspaces.list", () => [
      workspaceOf(what),
      new Changes(options),
    ]);
    const cancel = changes.cancel();
    const answer = await this.#settled(changes, cancel, (ticket) =>
      this.native.check(ticket, workspace, changes.text, cancel),
    );
    return new CheckReport(answer.text ?? "null");
  }

  /** Validates the parameters of a list. Sends nothing. Throws an InvalidArgumentError. */
  list<T>(
    operation: string,
    params: object | undefined,
    options: CallOptions | undefined,
    own?: Own,
  ): Pager<T> {
    const [members, changes] = this.#given(operation, params, options, own);
    const cancel = changes.cancel();
    const start = (): NativePager => {
      const pager = this.native.pager(operation, members, changes.text, cancel);
      if (typeof pager === "string") throw errorOf(pager);
      return pager;
    };
    // A native pager was made to validate the parameters. The first iteration or the first `page` uses it.
    let unused: NativePager | undefined = start();
    const taken = (): NativePager => {
      const pager = unused ?? start();
      unused = undefined;
      return pager;
    };
    let single: NativePager | undefined;
    const list: List = {
      page: (number) => {
        const pager = (single ??= taken());
        // The core refuses NaN with the right message; the addon's own for a wrong type would not be the SDK's.
        const checked = typeof number === "number" ? number : Number.NaN;
        return this.#settled(changes, cancel, (ticket) => pager.page(ticket, checked));
      },
      walk: (ahead) => {
        const walk = taken();
        walk.prefetch(ahead);
        return () =>
          this.#settled(changes, cancel, (ticket) => {
            walk.next(ticket);
            return null;
          });
      },
    };
    return this.#origin === undefined
      ? new Pager<T>(list)
      : (new ResponsePages<T>(list) as unknown as Pager<T>);
  }

  /** Sends a file. Rejects with a PenboxError, or with the error of the caller's own callback. */
  async upload<T>(
    operation: string,
    source: FileSource,
    params: UploadOptions | undefined,
    options: CallOptions | undefined,
  ): Promise<T> {
    const sent = upload(this.native, operation, source, params, options);
    const answer = await sent.catch((error: unknown) => {
      throw this.#caused(named(this.native, operation, error));
    });
    return this.#result<T>(JSON.parse(answer.text ?? "null"), answer);
  }

  /** Fetches a file. Rejects with a PenboxError, or with the error of the caller's own callback. */
  async download(
    operation: string,
    params: object | undefined,
    into: DownloadOptions | undefined,
    options: CallOptions | undefined,
  ): Promise<File> {
    const fetched = download(this.native, operation, params, into, options);
    const { file, answer } = await fetched.catch((error: unknown) => {
      throw this.#caused(named(this.native, operation, error));
    });
    return this.#result<File>(file, answer);
  }

  /** The result of a call; with its HTTP side, if this caller records it. */
  #result<T>(data: unknown, answer: Answer): T {
    return (this.#origin === undefined ? data : withResponse(data, answer.head)) as T;
  }

  /** Ends the client and waits until its calls have ended. Never rejects, and may be called again. */
  close(): Promise<void> {
    this.native.close();
    return ended(this.native);
  }

  /** The parameters and options of a call. Throws an InvalidArgumentError that names the operation. */
  #given(
    operation: string,
    params: object | undefined,
    options: CallOptions | undefined,
    own: Own | undefined,
  ): [string, Changes] {
    return placed(this.native, operation, () => [membersOf(params, own), new Changes(options)]);
  }

  /** The answer of a call that `start` starts. Rejects with its error. */
  async #settled(
    changes: Changes,
    cancel: NativeCancel | null,
    start: (ticket: number) => string | null,
  ): Promise<Answer> {
    const settled = await changes.during(
      () => cancel?.cancel(),
      () => call(this.native, start),
    );
    if ("error" in settled) throw this.#caused(changes.errorOf(settled));
    return settled;
  }

  /** The error with what the function that gives the token threw, or a hook, if it is about that. */
  #caused<T>(error: T): T {
    const caused = this.#provider === undefined ? error : this.#provider.caused(error);
    return this.#observer === undefined ? caused : this.#observer.caused(caused);
  }
}

/** The text of an argument; empty for any other value, which the core refuses. */
function textual(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The workspace that a check looks for. Throws an InvalidArgumentError. */
function workspaceOf(what: unknown): string | null {
  if (what === undefined) return null;
  if (typeof what !== "object" || what === null) throw refused("the options of a check must be an object");
  const unknown = Object.keys(what).find((name) => name !== "workspace");
  if (unknown !== undefined)
    throw refused(`a check has no option ${unknown.slice(0, 64)}`, "Its option is: workspace.");
  const { workspace } = what as { workspace?: unknown };
  if (workspace === undefined) return null;
  if (typeof workspace !== "string") throw refused("the option workspace must be text");
  return workspace;
}

/**
 * Settings as JSON text, the function that gives the token, and those of hooks and a logger. Every other setting is text, a number, a flag or a list of texts.
 * Any other value becomes a list of a number: the core refuses it by the setting's name, while JSON would lose it or write it as
 * something else.
 */
function settingsText(
  settings: unknown,
): [string, give?: (() => unknown) | undefined, watching?: Record<string, unknown> | undefined] {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) return ["null"];
  const every = Object.entries(settings) as [string, unknown][];
  const watching = every.filter(([name, value]) => WATCHING.includes(name) && value !== undefined);
  const all = every.filter(([name]) => !WATCHING.includes(name));
  const isGive = ([name, value]: [string, unknown]): boolean =>
    name === "tokenProvider" && typeof value === "function";
  const given = all.filter((entry) => entry[1] !== undefined && !isGive(entry));
  const text = JSON.stringify(
    Object.fromEntries(given.map(([name, value]) => [name, isPlain(value) ? value : [0]])),
  );
  const give = all.find(isGive)?.[1] as (() => unknown) | undefined;
  return [text, give, watching.length === 0 ? undefined : Object.fromEntries(watching)];
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((each) => typeof each === "string");
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}
