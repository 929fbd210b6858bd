/** A delivery as web frameworks give it: its headers in their many shapes, and its bytes. */
import { bytesOf } from "./bytes.js";
import { refused } from "./raise.js";

/** The headers of a delivery as an object, a value of several headers being a list. `undefined` is no header. */
export type HeaderObject = Readonly<Record<string, string | readonly string[] | undefined>>;

/** `Headers` of the Fetch API, a Map, or a list of pairs. */
export type HeaderPairs = Iterable<readonly [name: string, value: string | readonly string[]]>;

/**
 * The headers of a delivery, or the request that has them: a request of `http`, Express, Fastify, Koa (`ctx.req`) and Next.js, a
 * `Request` of the Fetch API (`c.req.raw` of Hono), an event of AWS Lambda; else `Headers`, a Map, pairs, `rawHeaders`, or a plain object.
 *
 * Give the request where you have it. A header that came twice is refused, and only `rawHeaders` and `headersDistinct` show it for sure:
 * `request.headers` joins the values by a comma, which is refused too, and of some headers (none of the two that are read here) it
 * keeps the first one alone.
 */
export type DeliveryHeaders =
  | HeaderObject
  | HeaderPairs
  | readonly string[]
  | { readonly headers: object }
  | { readonly rawHeaders: readonly string[] };

/** The bytes of a delivery's body as they were received. */
export type DeliveryBody = Uint8Array | ArrayBuffer | SharedArrayBuffer | DataView;

/** How the raw body is had, for those who give another. */
const RAW =
  "Give the bytes as they were received. Express: express.raw({ type: '*/*' }) on this route, before any express.json(), and req.body. " +
  "Fastify: addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => done(null, body)). " +
  "Next.js, Hono and others with a Request: await request.arrayBuffer(); in a route of pages/api turn bodyParser off and read the request. " +
  "Koa: the chunks of ctx.req. AWS Lambda: Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8').";

const SHAPES =
  "Give the request, or its headers: an object, Headers, a Map, pairs of a name and a value, or rawHeaders.";

/** The bytes of a body. Throws an InvalidArgumentError. */
export function bodyOf(given: unknown): Uint8Array {
  const bytes = bytesOf(given);
  if (bytes !== undefined) return bytes;
  throw refused(`the body of a delivery must be bytes, such as a Buffer, and is ${described(given)}`, RAW);
}

function described(given: unknown): string {
  if (typeof given === "string") return "text";
  if (given === undefined || given === null) return "absent: was it read already, or is there no parser for it?";
  return typeof given === "object" ? "an object: was it parsed?" : `a ${typeof given}`;
}

/** The headers, names and values in turn. Throws an InvalidArgumentError. */
export function headersOf(given: unknown): string[] {
  if (typeof given !== "object" || given === null) throw refused("the headers of a delivery must be an object", SHAPES);
  const { rawHeaders, headersDistinct, headers, raw } = given as Record<string, unknown>;
  if (isFlat(rawHeaders)) return rawHeaders;
  if (isObject(headersDistinct)) return flat(Object.entries(headersDistinct));
  // Fastify's request has Node's as `raw`.
  if (isObject(headers)) return isObject(raw) && isFlat(raw["rawHeaders"]) ? raw["rawHeaders"] : headersOf(headers);
  if (Array.isArray(given) && isFlat(given)) return given;
  const pairs: unknown[] = Symbol.iterator in given ? [...(given as Iterable<unknown>)] : Object.entries(given);
  return flat(pairs);
}

function flat(pairs: readonly unknown[]): string[] {
  return pairs.flatMap((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== "string")
      throw refused("the headers of a delivery must be pairs of a name and a value", SHAPES);
    const [name, value] = pair as [string, unknown];
    if (value === undefined || value === null) return [];
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.flatMap((one) => {
      if (typeof one !== "string") throw refused(`the header ${name.slice(0, 64)} of a delivery must be text`, SHAPES);
      return [name, one];
    });
  });
}

/** True for `rawHeaders`: texts, names and values in turn. */
function isFlat(value: unknown): value is string[] {
  return Array.isArray(value) && value.length % 2 === 0 && value.every((each) => typeof each === "string");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
