/**
 * Arguments as JSON text. A value that JSON would lose, all or in part, is refused by its path: `JSON.stringify` would send a Map
 * as `{}`.
 */
import { types } from "node:util";
import { PenboxError } from "./error.js";
import { refused } from "./raise.js";

/** The name of the value in messages. */
export type What = "parameters" | "options";

/** The most levels that arguments may be nested, as in the core. A recursion this deep is safe on any stack. */
const MAX_LEVELS = 100;

/** The JSON text of a value; empty if it is undefined. Throws an InvalidArgumentError. */
export function textOf(what: What, value: unknown): string {
  return value === undefined ? "" : JSON.stringify(copyOf(what, value));
}

/** A copy of a value that JSON holds whole. Throws an InvalidArgumentError. */
export function copyOf(what: What, value: unknown): unknown {
  try {
    return new Copier(what).copy(value);
  } catch (cause) {
    // Any other error was thrown by the caller's own getter, proxy or toJSON.
    if (cause instanceof PenboxError) throw cause;
    throw refused(`the ${what} cannot be read: one of their members throws`, "The cause says what.", cause);
  }
}

/** True if all data of an object is in its own members: a literal, one without a prototype, or one of another realm. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const kind: unknown = Object.getPrototypeOf(value);
  if (kind === Object.prototype || kind === null) return true;
  // `Object.prototype` of a `vm` context, which test runners use, has no prototype either.
  return Object.getPrototypeOf(kind) === null && Object.hasOwn(kind as object, "isPrototypeOf");
}

/** Copies one value, and knows the path to the part it is at. */
class Copier {
  readonly #what: What;
  readonly #path: string[] = [];
  /** The objects that the path leads through. */
  readonly #open: object[] = [];

  constructor(what: What) {
    this.#what = what;
  }

  copy(value: unknown): unknown {
    switch (typeof value) {
      case "string":
        if (isText(value)) return value;
        throw this.#refused("holds", "a lone surrogate, half a character, which is not text", CUT);
      case "number":
        if (Number.isFinite(value)) return value;
        throw this.#lost(String(value), "Leave it out, or give a number.");
      case "boolean":
        return value;
      case "object":
        return value === null ? null : this.#object(value);
      case "bigint":
        throw this.#lost("a bigint", "Give a number or text: Number(value), or String(value).");
      case "function":
        throw this.#lost("a function", "Call it, and give what it returns.");
      case "undefined":
        throw this.#lost("undefined", "Leave it out, or give null.");
      default:
        throw this.#lost("a symbol", "Give text.");
    }
  }

  #object(value: object): unknown {
    if (this.#open.includes(value))
      throw this.#refused("contains", "itself", "Give data without the way back, such as an id.");
    if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) throw this.#lost("binary data", BINARY);
    if (types.isDate(value) && Number.isNaN(value.getTime()))
      throw this.#lost("an invalid Date", "Look at how it was made.");
    const { toJSON } = value as { readonly toJSON?: unknown };
    if (typeof toJSON !== "function") return this.#within(value, isPlain(value));
    // The result of toJSON is the form that its class has chosen, so its own class does not matter.
    const form: unknown = Reflect.apply(toJSON, value, [this.#path.at(-1) ?? ""]);
    const isObject = typeof form === "object" && form !== null;
    return isObject ? this.#within(form, !isCollection(form)) : this.copy(form);
  }

  #within(value: object, isWhole: boolean): unknown {
    const isList = Array.isArray(value);
    if (!isList && !isWhole) throw this.#lost(`${article(nameOf(value))}`, remedy(value));
    this.#open.push(value);
    const copy = isList ? this.#list(value) : this.#members(value as Record<string, unknown>);
    this.#open.pop();
    return copy;
  }

  /** A copy of the items. A hole reads as undefined and is refused, for JSON's lists have no holes. */
  #list(items: readonly unknown[]): unknown[] {
    const copy: unknown[] = [];
    for (let at = 0; at < items.length; at += 1) copy.push(this.#step(String(at), items[at]));
    return copy;
  }

  /** A copy of the members. Those that are undefined are left out: they count as not given. */
  #members(value: Record<string, unknown>): object {
    const copy: Record<string, unknown> = {};
    for (const name of Object.keys(value)) {
      const member = value[name];
      if (member === undefined) continue;
      if (!isText(name))
        throw this.#refused("has", "a member whose name holds a lone surrogate, which is not text", CUT);
      const taken = this.#step(name, member);
      // An assignment to this name would set the prototype instead of a member.
      if (name === "__proto__")
        Object.defineProperty(copy, name, { value: taken, enumerable: true, configurable: true });
      else copy[name] = taken;
    }
    return copy;
  }

  #step(name: string, value: unknown): unknown {
    if (this.#path.length >= MAX_LEVELS)
      throw this.#refused("is", `nested more than ${MAX_LEVELS} levels deep`, "Give flatter data.");
    this.#path.push(name);
    const copy = this.copy(value);
    this.#path.pop();
    return copy;
  }

  #lost(what: string, hint: string): PenboxError {
    return this.#refused("is", `${what}, which has no JSON form`, hint);
  }

  #refused(verb: string, problem: string, hint: string): PenboxError {
    if (this.#path.length === 0) return refused(`the ${this.#what} ${PLURAL[verb] ?? verb} ${problem}`, hint);
    const path = this.#path.join(".");
    const shown = isText(path) ? path : path.replace(LONE, "\uFFFD");
    return refused(`the ${ONE[this.#what]} ${shown.slice(0, 80)} ${verb} ${problem}`, hint);
  }
}

const ONE: Record<What, string> = { parameters: "parameter", options: "option" };
const PLURAL: Record<string, string> = { is: "are", has: "have", holds: "hold", contains: "contain" };
const CUT = "Look where the text was cut, or use toWellFormed().";
const BINARY =
  "Upload it with client.attachments.upload, or give text, such as that of Buffer.from(value).toString('base64').";
const LONE = /\p{Surrogate}/gu;

/**
 * True if every surrogate in a text has its other half. Node has the method since version 20; TypeScript's ES2022 does not know
 * it.
 */
function isText(text: string): boolean {
  return (text as unknown as { isWellFormed(): boolean }).isWellFormed();
}

/** The name of an object's class. */
function nameOf(value: object): string {
  const { constructor } = value as { readonly constructor?: { readonly name?: unknown } | undefined };
  const name = constructor?.name;
  const hasName = typeof name === "string" && name !== "" && name !== "Object";
  return hasName ? name : Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function article(name: string): string {
  return `${/^[AEIO]/i.test(name) ? "an" : "a"} ${name}`;
}

function isCollection(value: object): boolean {
  return types.isMap(value) || types.isSet(value) || types.isPromise(value);
}

/** The hint for an object whose data is not in its own members. */
function remedy(value: object): string {
  if (types.isPromise(value)) return "Await it first.";
  if (types.isBoxedPrimitive(value)) return "Give the value itself: value.valueOf().";
  if (types.isSet(value)) return "Give a list: [...value].";
  if ("entries" in value && Symbol.iterator in value)
    return "Give a plain object: Object.fromEntries(value).";
  if (Symbol.iterator in value) return "Give a list: [...value].";
  if ("stream" in value && "size" in value)
    return "Upload it with client.attachments.upload, and give the id that returns.";
  return "Give a plain object, such as { ...value }, or give its class a method toJSON().";
}
