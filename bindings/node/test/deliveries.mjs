// What the tests of webhooks share: an issuer's keys, deliveries that jose signs, and a server of keys.
import { createHash, generateKeyPairSync } from "node:crypto";
import { CompactSign } from "jose";
import { WebhookVerifier } from "penbox";
import { httpServer, reply } from "./support.mjs";

/** The address of the receiver. */
export const URL = "https://example.com/hooks/penbox";
export const ISSUER = "https://connect.penbox.io/";
/** The time at which deliveries are made, in seconds since 1970. */
export const NOW = 1_772_323_200;
export const BODY = Buffer.from(
  JSON.stringify({
    events: ["responses:updated", "responses:completed"],
    data: { type: "responses", id: "r-1" },
    request: { id: "f-1", status: "completed", user: { email: "zoë@example.com" } },
  }),
);

export const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
/** The key that signs by an algorithm. */
export const keyFor = (alg) => (alg === "ES256" ? ec : rsa);

export const jwk = (key, kid) => ({ ...key.publicKey.export({ format: "jwk" }), kid });
export const jwks = { keys: [jwk(rsa, "rsa"), jwk(ec, "ec")] };

const digestOf = (body) => createHash("sha512").update(body).digest("base64");

/** A delivery as pairs of headers, and its body. What is undefined among the changes of claims and headers is left out. */
export async function delivery({ body = BODY, alg = "RS256", kid = alg === "ES256" ? "ec" : "rsa", key = keyFor(alg), claims, header, digest } = {}) {
  const payload = { iss: ISSUER, aud: URL, method: "POST", digest: digestOf(body), iat: NOW, exp: NOW + 1000, jti: `${Math.random()}`, ...claims };
  const signed = new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg, kid, ...header });
  const token = await signed.sign(key.privateKey, { crit: { b64: true, x: true } });
  return { headers: { "x-pnbx-signature": token, digest: digest ?? `SHA-512=${digestOf(body)}`, host: "example.com" }, body };
}

/** A verifier with these keys pinned, whose clock stands. */
export const pinned = (settings) =>
  new WebhookVerifier(URL, { keys: jwks, algorithms: ["RS256", "RS384", "RS512", "ES256"], clock: () => NOW * 1000, ...settings });

/** A server of keys; `answer` makes its answers. `requests` counts them. */
export async function keyServer(t, answer = (response) => reply(response, 200, jwks)) {
  const facts = { requests: 0 };
  const server = await httpServer(t, (request, response) => {
    facts.requests += 1;
    answer(response, facts.requests);
  });
  facts.keysUrl = `http://127.0.0.1:${server.port}/jwks.json`;
  return facts;
}

/** The reason for which a promise of the verifier's is rejected; undefined if it is not. */
export const reasonOf = (promise) => promise.then(() => undefined, (error) => error.reason ?? error.code);
