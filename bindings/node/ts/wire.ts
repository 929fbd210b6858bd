/** Parameters of an operation under the wire's names, those of its path among them. */
import { copyOf } from "./json.js";
import { refused } from "./raise.js";

/** What a method adds to the parameters it is given. */
export interface Own {
  /** The path's parameters, which are given by position. */
  readonly path?: Readonly<Record<string, unknown>>;
  /** The wire's names of parameters that have an identifier, too: `group-by` of `group_by`. */
  readonly names?: Readonly<Record<string, string>>;
}

/** The parameters as text; empty where there are none. Throws an InvalidArgumentError. */
export function membersOf(params: unknown, { path = {}, names = {} }: Own = {}): string {
  const positional = copyOf("parameters", path) as Record<string, unknown>;
  if (params === undefined) return Object.keys(path).length === 0 ? "" : JSON.stringify(positional);
  const members = copyOf("parameters", params);
  // The core refuses what is no object.
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

/** Where a parameter is given under both names, the identifier stays and is refused as unknown. */
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
