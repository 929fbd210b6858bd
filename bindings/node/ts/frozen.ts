/** Values of the addon's JSON that nobody can change. */

/** A frozen value of JSON, with undefined for null. */
export function frozen<T>(json: string): T {
  return settled(JSON.parse(json)) as T;
}

/** The value, frozen in place. */
export function settled(value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value !== "object") return value;
  const holder = value as Record<string, unknown>;
  for (const [name, member] of Object.entries(holder)) holder[name] = settled(member);
  return Object.freeze(holder);
}
