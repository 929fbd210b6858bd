/** Options that are pairs of a name and a value: a plain object, or an iterable of pairs, such as Headers. */
import { refused } from "./raise.js";

/** Extra headers as an object. The values of a repeated name are joined by commas, as RFC 9110, section 5.2, allows. */
export function headersOf(given: unknown): unknown {
  const pairs = pairsOf("headers", given);
  if (pairs === undefined) return given;
  const headers = new Map<string, unknown>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${String(before)}, ${String(value)}`);
  }
  return Object.fromEntries(headers);
}

/** Extra query parameters as an object. A repeated name has the list of its values. */
export function queryOf(given: unknown): unknown {
  const pairs = pairsOf("query", given);
  if (pairs === undefined) return given;
  const query = new Map<string, unknown[]>();
  for (const [name, value] of pairs) query.set(name, [...(query.get(name) ?? []), value]);
  return Object.fromEntries([...query].map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
}

/** The pairs of Headers, URLSearchParams, a Map or a list of pairs; undefined for any value that is not iterable. */
function pairsOf(option: string, given: unknown): [string, unknown][] | undefined {
  if (typeof given !== "object" || given === null || !(Symbol.iterator in given)) return undefined;
  return Array.from(given as Iterable<unknown>, (pair) => {
    if (Array.isArray(pair) && pair.length === 2 && typeof pair[0] === "string")
      return pair as [string, unknown];
    throw refused(
      `the option ${option} must be an object, or give pairs of a name and a value`,
      `Give { name: value }, ${option === "headers" ? "new Headers(..)" : "new URLSearchParams(..)"} or [[name, value]].`,
    );
  });
}
