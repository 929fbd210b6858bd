/** Arguments as JSON text, without the losses that `JSON.stringify` passes over in silence. */
import { refused } from "./raise.js";

/** The text of `what`; empty where it was not given. */
export function textOf(what: "parameters" | "options", value: unknown): string {
  if (value === undefined) return "";
  try {
    // A function or a symbol as the whole argument has no text: anything but an object is refused by the core.
    return JSON.stringify(value, kept) ?? "null";
  } catch (cause) {
    if (cause instanceof Unfit) {
      throw refused(
        `the member ${JSON.stringify(cause.key)} of the ${what} cannot be sent: it is ${cause.message}`,
      );
    }
    throw refused(`the ${what} cannot be written as JSON`, cause);
  }
}

/** Keeps a value or refuses it. Absent members stay absent: `undefined` means "not given". */
function kept(this: unknown, key: string, value: unknown): unknown {
  const given = (this as Record<string, unknown>)[key];
  switch (typeof value) {
    case "bigint":
    case "function":
    case "symbol":
      throw new Unfit(key, `a ${typeof value}`);
    case "number":
      if (!Number.isFinite(value)) throw new Unfit(key, String(value));
      return value;
    case "object":
      if (given instanceof Date && Number.isNaN(given.getTime())) throw new Unfit(key, "an invalid Date");
      if (given instanceof Map || given instanceof Set || given instanceof Promise) {
        throw new Unfit(key, `a ${given.constructor.name}`);
      }
      if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) throw new Unfit(key, "binary data");
      return value;
    default:
      return value;
  }
}

class Unfit extends Error {
  constructor(
    readonly key: string,
    what: string,
  ) {
    super(what);
  }
}
