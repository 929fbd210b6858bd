/** Recorded answers, for unit tests without a server. */
import { Opened } from "./caller.js";
import { bridge } from "./calls.js";
import { Penbox } from "./client.js";
import type { PenboxSettings } from "./generated/settings.js";
import type { NativeRecording } from "./native.js";
import { errorOf } from "./raise.js";

/**
 * Answers that were recorded, to be played to a program's unit tests.
 *
 * A recording is a file of JSON lines, one for each answer, which every language of the SDK reads. No token is in it, and no header
 * of a request. Texts that may be a contact's are replaced, the same text by the same replacement, and of a file only the size is
 * kept. Look into it before it is shared all the same: a key or a slug may be named after somebody.
 *
 * Each operation has its answers in the order in which they were recorded, whatever its parameters are. Calls take their usual way:
 * parameters are checked and failures are repeated, but no wait takes time.
 *
 * ```ts
 * import { Recording } from "penbox/testing";
 *
 * const live = Recording.record("onboarding.jsonl"); // once, with a Penbox or the sandbox
 * await onboard(live);
 * await live.close();
 *
 * const client = new Recording("onboarding.jsonl").client(); // in each test
 * await onboard(client);
 * ```
 */
export class Recording {
  readonly #native: NativeRecording;

  /**
   * Reads a recording of at most 64 MiB, synchronously.
   *
   * @throws FileError if it cannot be read, or has another format or version. The message names the line.
   */
  constructor(path: string) {
    // The core refuses the empty path; the addon's own error for a wrong type would not be the SDK's.
    const native = bridge.recording(typeof path === "string" ? path : "");
    if (typeof native === "string") throw errorOf(native);
    this.#native = native;
  }

  /**
   * Makes a client that writes what it is answered to a file, which is replaced. Settings that are not given are read from the
   * environment.
   *
   * @throws ConfigError as `new Penbox` does, and FileError if the file cannot be made.
   */
  static record(path: string, settings: PenboxSettings = {}): Penbox {
    const place = typeof path === "string" ? path : "";
    return client(settings, (...given) => bridge.record(place, ...given));
  }

  /**
   * Makes a client that gets the answers. All clients of a recording take from the same ones. Token and address are the recording's,
   * and nothing is read from the environment.
   *
   * A request without an answer rejects with an InternalError of the reason `not_recorded` and the outcome `not_sent`. Its message
   * names the operation, and the answers that are left.
   *
   * @throws ConfigError for a setting that is unknown or not valid.
   */
  client(settings: PenboxSettings = {}): Penbox {
    return client(settings, (text, _environment, _provider, watch) => this.#native.client(text, watch));
  }

  /**
   * The answers that were not given yet: their number by the operation, `forms.get`. A request that no operation makes has its method
   * and path, `GET /flows`.
   */
  get left(): Record<string, number> {
    return JSON.parse(this.#native.left()) as Record<string, number>;
  }
}

function client(settings: PenboxSettings, open: Opened["open"]): Penbox {
  return new Penbox(new Opened(settings, open) as unknown as PenboxSettings);
}
