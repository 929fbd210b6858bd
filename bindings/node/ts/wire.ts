/** Parameters under identifiers, where the wire's names are none. */

/**
 * The parameters with the wire's names: `group_by` is `group-by`. Where both are given, the identifier stays and is refused
 * as unknown.
 */
export function onTheWire<T extends object>(
  params: T | undefined,
  names: Readonly<Record<string, string>>,
): T | undefined {
  if (typeof params !== "object" || params === null || Array.isArray(params)) return params;
  const entries = Object.entries(params).map(([name, value]) => {
    const wire = Object.hasOwn(names, name) ? names[name] : undefined;
    return [wire === undefined || Object.hasOwn(params, wire) ? name : wire, value];
  });
  return Object.fromEntries(entries) as T;
}
