/** Arguments as JSON text, without the losses that `JSON.stringify` passes over in silence. */
import { types } from "node:util";
import { refused } from "./raise.js";

/** The text of `what`; empty where it was not given. */
export function textOf(what: "parameters" | "options", value: unknown): string {
  if (value === undefined) return "";
  try {
    // A function or a symbol as the whole argument has no text: anything but an object is refused by the core.
    return JSON.stringify(value, keeper()) ?? "null";
  } catch (cause) {
    if (cause instanceof Unfit) {
      throw refused(
        `the member ${JSON.stringify(cause.path)} of the ${what} cannot be sent: it is ${cause.message}`,
      );
    }
    throw refused(`the ${what} cannot be written as JSON`, cause);
  }
}

type Replacer = (this: unknown, key: string, value: unknown) => unknown;

/** Keeps values or refuses one by its path. Absent members stay absent: `undefined` means "not given". */
function keeper(): Replacer {
  const paths = new Map<unknown, string>();
  return function (key, value) {
    const above = paths.get(this);
    const path = above === undefined || above === "" ? key : `${above}.${key}`;
    // `value` is what its toJSON gave, if it has one.
    const given = (this as Record<string, unknown>)[key];
    const problem = lost(given, value) ?? (value === undefined && Array.isArray(this) ? "undefined" : undefined);
    if (problem !== undefined) throw new Unfit(path, problem);
    if (typeof value === "object" && value !== null) paths.set(value, path);
    return value;
  };
}

/** What a value is that JSON would lose, all or in part. */
function lost(given: unknown, value: unknown): string | undefined {
  switch (typeof value) {
    case "bigint":
    case "function":
    case "symbol":
      return `a ${typeof value}`;
    case "number":
      return Number.isFinite(value) ? undefined : String(value);
    case "object":
      if (types.isDate(given) && Number.isNaN(given.getTime())) return "an invalid Date";
      if (types.isAnyArrayBuffer(given) || ArrayBuffer.isView(given)) return "binary data";
      return FOREIGN.find(([is]) => is(value))?.[1];
    default:
      return undefined;
  }
}

const FOREIGN: [(value: unknown) => boolean, string][] = [
  [types.isMap, "a Map"],
  [types.isSet, "a Set"],
  [types.isWeakMap, "a WeakMap"],
  [types.isWeakSet, "a WeakSet"],
  [types.isPromise, "a Promise"],
  [types.isRegExp, "a RegExp"],
  [types.isNativeError, "an Error"],
  [types.isBoxedPrimitive, "a primitive in an object"],
];

class Unfit extends Error {
  constructor(
    readonly path: string,
    what: string,
  ) {
    super(what);
  }
}
