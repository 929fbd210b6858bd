/** Readings of web streams. */
import { setImmediate } from "node:timers/promises";
import { bytesOf } from "./bytes.js";
import { refused } from "./raise.js";
import { notAtItsEnd } from "./readable.js";
import { disuse, quietly, unused, use, type Reading } from "./reading.js";

/** A web stream, as far as it is used here. */
export interface WebStream {
  readonly locked?: boolean;
  getReader(): Reader;
}

interface Reader {
  read(): Promise<{ readonly done: boolean; readonly value?: unknown }>;
  cancel(): Promise<void>;
  releaseLock(): void;
}

/**
 * The rest of a stream that is read on after its call has failed, as nginx does before it closes a connection (`lingering_time` and
 * `lingering_timeout`, 30 and 5 seconds), and in bytes.
 */
const [LINGER_MS, SILENCE_MS, LINGER_BYTES] = [30_000, 5_000, 64 * 1024 * 1024];

/** The reading of a web stream. */
export class WebReading implements Reading {
  readonly #stream: WebStream;
  readonly #lingers: boolean;
  #reader: Reader | undefined;
  #ended = false;

  /**
   * Throws an InvalidArgumentError for a stream that cannot be read. With `lingers` the stream may be the body of a request, and its
   * cancel may take the socket on which the sender waits for an answer: its rest is read on for a while before that.
   */
  constructor(stream: WebStream, lingers: boolean) {
    if (stream.locked === true) throw refused("the source is a stream that is being read already");
    notAtItsEnd(stream);
    unused(stream);
    [this.#stream, this.#lingers] = [stream, lingers];
  }

  open(): void {
    use(this.#stream);
    this.#reader = this.#stream.getReader();
  }

  async *chunks(): AsyncGenerator<unknown, void, undefined> {
    for (;;) {
      const step = await this.#reader?.read();
      if (step === undefined || step.done) break;
      yield step.value;
    }
    this.#ended = true;
  }

  owned(): boolean {
    return false;
  }

  stop(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    const drained = this.#ended || !this.#lingers ? undefined : drain(reader);
    const end = (): void => {
      if (!this.#ended) quietly(() => reader.cancel());
      quietly(() => reader.releaseLock());
    };
    if (drained === undefined) end();
    else void drained.then(end, end);
  }

  leave(): void {
    disuse(this.#stream);
    quietly(() => this.#reader?.releaseLock());
  }
}

/** Reads on and throws away what comes, within the limits. */
async function drain(reader: Reader): Promise<void> {
  const end = performance.now() + LINGER_MS;
  for (let read = 0; read < LINGER_BYTES; ) {
    const left = Math.min(end - performance.now(), SILENCE_MS);
    const step = left > 0 ? await within(left, reader.read()) : undefined;
    if (step === undefined || step.done) return;
    read += bytesOf(step.value)?.byteLength ?? 0;
    // A stream that never waits must not keep other callbacks from running.
    await setImmediate();
  }
}

/** The result of some work, or undefined after a time. The process does not wait for it. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined).unref();
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
