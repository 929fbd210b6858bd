/** Parameters of an operation under their names on the wire, those of its path included. */
import { copyOf } from "./json.js";
import { refused } from "./raise.js";

/** A method's additions to the parameters of its caller. */
export interface Own {
  /** The path's parameters, which are given by position. */
  readonly path?: Readonly<Record<string, unknown>>;
  /** The names on the wire of parameters that also have an identifier: `group-by` of `group_by`. */
  readonly names?: Readonly<Record<string, string>>;
}

/** The parameters as JSON text; empty if there are none. Throws an InvalidArgumentError. */
export function membersOf(params: unknown, { path = {}, names = {} }: Own = {}): string {
  const positional = copyOf("parameters", path) as Record<string, unknown>;
  if (params === undefined) return Object.keys(path).length === 0 ? "" : JSON.stringify(positional);
  const members = copyOf("parameters", params);
  // The core refuses any value that is no object, with its own message.
  if (typeof members !== "object" || members === null || Array.isArray(members))
    return JSON.stringify(members);
  const all = onTheWire(members as Record<string, unknown>, names);
  for (const [name, value] of Object.entries(positional)) {
    if (Object.hasOwn(all, name))
      throw refused(
        `the parameter ${name} is given twice: by position and among the parameters`,
        "Leave it out of the object.",
      );
    all[name] = value;
  }
  return JSON.stringify(all);
}

/** Renames identifiers to names on the wire. An identifier given beside its name on the wire stays, and is refused as unknown. */
function onTheWire(
  members: Record<string, unknown>,
  names: Readonly<Record<string, string>>,
): Record<string, unknown> {
  for (const [name, wire] of Object.entries(names)) {
    if (!Object.hasOwn(members, name) || Object.hasOwn(members, wire)) continue;
    members[wire] = members[name];
    delete members[name];
  }
  return members;
}
