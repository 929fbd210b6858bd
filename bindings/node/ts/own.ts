/**
 * Ownership of chunks, which are freed as soon as they were used.
 *
 * The memory of a Buffer waits for V8's collector, which is slow to come: tens of megabytes wait while a large file moves. If
 * only a stream of Node's and this call can have a chunk, its memory is freed at once. Any other stream may keep the chunks that
 * go through it, so they are left to the collector.
 */
import fs = require("node:fs");
import { types } from "node:util";

/** The methods that a stream may replace to see, or keep, the chunks that go through it. */
const REPLACED = ["emit", "read", "push", "_read", "write", "_write", "_writev"];

/** True if a stream is an unchanged file stream of Node's, on Node's own `fs`: such a stream keeps no chunk that was used. */
export function isFileStream(stream: object): boolean {
  const kind: unknown = Object.getPrototypeOf(stream);
  return (
    (kind === fs.ReadStream.prototype || kind === fs.WriteStream.prototype) &&
    !REPLACED.some((name) => Object.hasOwn(stream, name)) &&
    // A stream made with `{ fs }`, or from a FileHandle, has another object there.
    Object.getOwnPropertySymbols(stream).some((symbol) => Reflect.get(stream, symbol) === fs)
  );
}

/** A function that is true as long as nobody else has received a chunk of this source. */
export function soleReader(source: object): () => boolean {
  if (!isFileStream(source)) return () => false;
  const stream = source as fs.ReadStream;
  let sole = stream.listenerCount("data") === 0;
  stream.on("newListener", (name) => {
    sole &&= name !== "data";
  });
  return () => sole;
}

/** The memory of a chunk, if the chunk is all of it. Small Buffers share a pool, which must not be freed. */
export function memoryOf({ buffer, byteLength }: Uint8Array): ArrayBuffer | undefined {
  const whole = types.isArrayBuffer(buffer) && buffer.byteLength === byteLength;
  return whole && byteLength > 0 ? buffer : undefined;
}
