/** Uploads and downloads: their promise, their progress, and the stream of the caller. */
import { setImmediate } from "node:timers/promises";
import { bytesOf } from "./bytes.js";
import { bridge, call, ticket, type Answer, type Listener } from "./calls.js";
import type { Bytes, DownloadOptions, File, FileSource, OnProgress, UploadOptions } from "./files.js";
import { isPlain, textOf } from "./json.js";
import type { NativeClient, NativeTransfer } from "./native.js";
import type { CallOptions } from "./options.js";
import { memoryOf } from "./own.js";
import { errorOf, refused } from "./raise.js";
import { quietly, type Reading } from "./reading.js";
import { Changes } from "./signal.js";
import { sourceOf, type Source } from "./source.js";
import { targetOf, type Target } from "./target.js";

/** Sends a file. Resolves with the answer; rejects with a PenboxError, or with the error that `onProgress` threw. */
export async function upload(
  native: NativeClient,
  operation: string,
  given: FileSource,
  params: UploadOptions | undefined,
  options: CallOptions | undefined,
): Promise<Answer> {
  const { onProgress, ...rest } = params ?? {};
  const watch = watching(onProgress);
  const own = isObject(params) ? present(rest) : params;
  const [changes, sound] = [new Changes(options), textOf("parameters", own)];
  const source = sourceOf(given);
  const members = isObject(params) ? textOf("parameters", { ...source.facts, ...own }) : sound;
  const moved = source.reading === undefined ? source.whole : source.size;
  const move = new Move(native, changes, watch, source, undefined);
  return move.run((transfer) => native.upload(transfer, operation, members, changes.text, moved));
}

/** Fetches a file. Rejects with a PenboxError, or with the error that `onProgress` threw. */
export async function download(
  native: NativeClient,
  operation: string,
  params: object | undefined,
  into: DownloadOptions | undefined,
  options: CallOptions | undefined,
): Promise<{ file: File; answer: Answer }> {
  if (!isObject(into))
    throw refused("where to put the download must be an object: { to, overwrite, onProgress }");
  const { to, overwrite, onProgress, ...rest } = into ?? {};
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw refused(`there is no option ${unknown} of a download`);
  if (overwrite !== undefined && typeof overwrite !== "boolean")
    throw refused("overwrite must be true or false");
  const [members, changes] = [textOf("parameters", params), new Changes(options)];
  const watch = watching(onProgress);
  const target = targetOf(to);
  const place = typeof target === "string" ? target : target === undefined;
  const move = new Move(native, changes, watch, undefined, typeof target === "string" ? undefined : target);
  const answer = await move.run((transfer) =>
    native.download(transfer, operation, members, changes.text, place, overwrite ?? false),
  );
  return { file: fileOf(answer), answer };
}

/** A call that moves a file. */
class Move implements Listener {
  readonly #native: NativeClient;
  readonly #changes: Changes;
  readonly #watch: OnProgress | undefined;
  readonly #source: Source | undefined;
  readonly #target: Target | undefined;
  readonly #ticket = ticket();
  readonly #transfer: NativeTransfer;
  #begun = false;
  #over = false;
  #thrown: { readonly reason: unknown } | undefined;
  #broken: { readonly reason: unknown } | undefined;
  #onRoom: (() => void) | undefined;

  constructor(
    native: NativeClient,
    changes: Changes,
    watch: OnProgress | undefined,
    source: Source | undefined,
    target: Target | undefined,
  ) {
    this.#native = native;
    this.#changes = changes;
    this.#transfer = bridge.transfer(this.#ticket, watch !== undefined);
    this.#watch = watch;
    this.#source = source;
    this.#target = target;
  }

  async run(start: (transfer: NativeTransfer) => string | null): Promise<Answer> {
    const failed = (reason: unknown): void => this.#fail(reason);
    const reading = this.#source?.reading;
    reading?.open(failed);
    this.#target?.open(failed);
    let isRefused = false;
    try {
      const moving = () => call(this.#native, () => start(this.#transfer), this.#ticket, this);
      const settled = await this.#changes.during(() => this.abort(), moving);
      if (this.#thrown !== undefined) throw this.#thrown.reason;
      if (!("error" in settled)) return settled;
      const error = this.#changes.errorOf(settled);
      isRefused = error.kind === "invalid_argument";
      throw this.#broken === undefined || error.kind !== "file"
        ? error
        : errorOf(settled.error, this.#broken.reason);
    } finally {
      this.#over = true;
      this.#onRoom?.();
      if (isRefused && !this.#begun) reading?.leave();
      else reading?.stop();
      quietly(() => this.#target?.release());
    }
  }

  progress(moved: number, total: number | null): void {
    let goOn = true;
    try {
      goOn = this.#watch?.(moved, total ?? undefined) !== false;
    } catch (reason) {
      this.#thrown = { reason };
      goOn = false;
    }
    this.#transfer.answer(goOn);
  }

  data(bytes: Buffer): void {
    const { length } = bytes;
    this.#target?.write(bytes).then(
      () => {
        if (this.#target?.forgets) this.#free(bytes);
        this.#transfer.taken(length);
      },
      (reason: unknown) => this.#fail(reason),
    );
  }

  room(): void {
    const reading = this.#source?.reading;
    if (this.#begun || reading === undefined) return this.#onRoom?.();
    this.#begun = true;
    void this.#pump(reading);
  }

  end(): void {
    this.#target?.end().then(
      () => this.#transfer.end(),
      (reason: unknown) => this.#fail(reason),
    );
  }

  abort(): void {
    this.#transfer.abort(true);
  }

  /** Frees a chunk that nobody else has. */
  #free(chunk: Uint8Array): void {
    const memory = memoryOf(chunk);
    if (memory !== undefined) this.#transfer.free(memory);
  }

  /** Breaks the transfer, because the caller's stream failed. */
  #fail(reason: unknown): void {
    if (this.#over) return;
    this.#broken ??= { reason };
    this.#transfer.abort(false);
  }

  /** Pushes the chunks of a stream into the transfer, one at a time, as long as there is room. */
  async #pump(reading: Reading): Promise<void> {
    let turn = performance.now();
    try {
      for await (const given of reading.chunks()) {
        const chunk = bytesOf(given);
        if (chunk === undefined)
          throw new TypeError(`a stream to upload must give bytes (Uint8Array), not ${typeof given}`);
        for (const part of parts(chunk)) {
          if (this.#over) return;
          const room = new Promise<void>((resolve) => {
            this.#onRoom = resolve;
          });
          if (this.#transfer.push(part)) continue;
          await room;
          turn = performance.now();
        }
        if (reading.owned()) this.#free(chunk);
        if (performance.now() - turn >= TURN) {
          // A source that never waits would keep timers and other callbacks from running.
          await setImmediate();
          turn = performance.now();
        }
        if (this.#over) return;
      }
      this.#transfer.end();
    } catch (reason) {
      this.#fail(reason);
    }
  }
}

/** The most bytes pushed at once. The transfer holds 1 MiB, and one part must not fill it. */
const PART = 256 * 1024;
/** The milliseconds after which a stream that did not have to wait for room lets other callbacks run. */
const TURN = 10;

function* parts(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let start = 0; start < chunk.length; start += PART) yield chunk.subarray(start, start + PART);
}

function watching(given: unknown): OnProgress | undefined {
  if (given === undefined || typeof given === "function") return given as OnProgress | undefined;
  throw refused("onProgress must be a function");
}

/** True for undefined and for an object with all its data in its own members. */
function isObject(value: unknown): boolean {
  return value === undefined || isPlain(value);
}

function present(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

interface Facts {
  path: string | null;
  name: string | null;
  content_type: string | null;
  size: number;
  sha256: string;
}

function fileOf(answer: Answer): File {
  const { path, name, content_type, size, sha256 } = JSON.parse(answer.text ?? "{}") as Facts;
  const file: File = {
    ...(path === null ? {} : { path }),
    ...(answer.content === null ? {} : { content: answer.content as Bytes }),
    ...(name === null ? {} : { name }),
    ...(content_type === null ? {} : { contentType: content_type }),
    size,
    sha256,
  };
  return Object.freeze(file);
}
