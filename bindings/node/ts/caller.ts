/** The way of every call: arguments to text, text to the addon, text back to values or to an error. */
import { bridge, call, ended, type Answer } from "./calls.js";
import { environment } from "./environment.js";
import type { DownloadOptions, File, FileSource, UploadOptions } from "./files.js";
import type { PenboxSettings } from "./generated/settings.js";
import type { NativeCancel, NativeClient, NativePager } from "./native.js";
import type { CallOptions } from "./options.js";
import { Pager, type List } from "./pager.js";
import { errorOf, named, placed } from "./raise.js";
import { Changes } from "./signal.js";
import { download, upload } from "./transfer.js";
import { membersOf, type Own } from "./wire.js";

export class Caller {
  readonly native: NativeClient;

  /** Judges the settings. Sends nothing. Throws a ConfigError. */
  constructor(settings: PenboxSettings) {
    const native = bridge.open(settingsText(settings), environment(bridge.variables()));
    if (typeof native === "string") throw errorOf(native);
    this.native = native;
  }

  /** Calls an operation. */
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
    return JSON.parse(answer.text ?? "null") as T;
  }

  /** Judges the parameters of a list. Sends nothing. Throws an InvalidArgumentError. */
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
    // The one that judged the parameters serves whoever comes first.
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
        const asked = typeof number === "number" ? number : Number.NaN;
        return this.#settled(changes, cancel, (ticket) => pager.page(ticket, asked));
      },
      walk: (ahead) => {
        const walk = taken();
        walk.prefetch(ahead);
        return () => this.#settled(changes, cancel, (ticket) => walk.next(ticket));
      },
    };
    return new Pager<T>(list);
  }

  /** Sends a file. */
  async upload<T>(
    operation: string,
    source: FileSource,
    params: UploadOptions | undefined,
    options: CallOptions | undefined,
  ): Promise<T> {
    const sent = upload(this.native, operation, source, params, options);
    const answer = await sent.catch((error: unknown) => {
      throw named(this.native, operation, error);
    });
    return JSON.parse(answer.text ?? "null") as T;
  }

  /** Fetches a file. */
  async download(
    operation: string,
    params: object | undefined,
    into: DownloadOptions | undefined,
    options: CallOptions | undefined,
  ): Promise<File> {
    return download(this.native, operation, params, into, options).catch((error: unknown) => {
      throw named(this.native, operation, error);
    });
  }

  /** Ends the client and waits until its calls have ended. */
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

  async #settled(
    changes: Changes,
    cancel: NativeCancel | null,
    start: (ticket: number) => string | null,
  ): Promise<Answer> {
    const settled = await changes.during(
      () => cancel?.cancel(),
      () => call(this.native, start),
    );
    if ("error" in settled) throw changes.errorOf(settled.error);
    return settled;
  }
}

/** Settings as JSON text. Every setting is text, a number or a flag: what is not becomes a list, which the core refuses. */
function settingsText(settings: unknown): string {
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) return "null";
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return JSON.stringify(
    Object.fromEntries(given.map(([name, value]) => [name, isPlain(value) ? value : []])),
  );
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}
