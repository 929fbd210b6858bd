/** Bytes, told by their brand: `instanceof` knows the classes of one realm only, and test runners give each test its own. */
import { types } from "node:util";

/** A view of all bytes of a Buffer, a typed array, a DataView or an (Shared)ArrayBuffer; undefined for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}
