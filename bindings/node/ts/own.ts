/**
 * Chunks that are freed as soon as they were used.
 *
 * The memory behind a Buffer waits for JavaScript's collector, which is in no hurry: tens of megabytes wait while a large file
 * moves. Where nobody but a stream of Node's and this call can have a chunk, its memory is given back at once. Any other stream
 * may keep what goes through it, so its chunks are left to the collector.
 */
import fs = require("node:fs");

/** What a stream could have of its own to see, or keep, the chunks that go through it. */
const REPLACED = ["emit", "read", "push", "_read", "write", "_write", "_writev"];

/** Whether it is a file stream of Node's as it comes, on Node's own `fs`: such a one keeps no chunk that was used. */
export function isFileStream(stream: object): boolean {
  const kind: unknown = Object.getPrototypeOf(stream);
  return (
    (kind === fs.ReadStream.prototype || kind === fs.WriteStream.prototype) &&
    !REPLACED.some((name) => Object.hasOwn(stream, name)) &&
    // A stream made with `{ fs }`, or of a FileHandle, has something else there.
    Object.getOwnPropertySymbols(stream).some((symbol) => Reflect.get(stream, symbol) === fs)
  );
}

/** Tells, whenever it is asked, whether nobody else got a chunk of this source so far. */
export function soleReader(source: object): () => boolean {
  if (!isFileStream(source)) return () => false;
  const stream = source as fs.ReadStream;
  let sole = stream.listenerCount("data") === 0;
  stream.on("newListener", (name) => {
    sole &&= name !== "data";
  });
  return () => sole;
}

/** The memory of a chunk, if all of it is the chunk's. */
export function memoryOf({ buffer, byteLength }: Uint8Array): ArrayBuffer | undefined {
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return whole && byteLength > 0 ? buffer : undefined;
}
