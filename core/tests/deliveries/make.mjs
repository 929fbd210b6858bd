// Signs deliveries by jose of npm, as Penbox's page on signatures describes them: jose.json.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { importJWK, SignJWT } from "jose";

const URL = "https://example.com/hooks/penbox";
const ISSUER = "https://connect.penbox.io/";
// 1 March 2026: a fixed time, so that two runs differ in the ES256 signature only.
const NOW = 1_772_323_200;
// What the makers of both files sign: ASCII and not, with space and without.
const BODIES = [
  '{"events":["responses:updated","responses:completed"],"data":{"type":"responses","id":"660e8400-e29b-41d4-a716-446655440000"},"request":{"id":"550e8400-e29b-41d4-a716-446655440000","status":"completed"}}',
  '{ "events": ["requests:archived"],\r\n  "request": {"id": "zo\u00eb \u{1f600}"} }\n',
];

const keys = JSON.parse(readFileSync("keys.json", "utf8"));
const version = JSON.parse(readFileSync("node_modules/jose/package.json", "utf8")).version;
const deliveries = [];
for (const [algorithm, jwk] of [
  ["RS256", keys.rsa],
  ["RS384", keys.rsa],
  ["RS512", keys.rsa],
  ["ES256", keys.ec],
]) {
  const key = await importJWK(jwk, algorithm);
  for (const body of BODIES) {
    const digest = createHash("sha512").update(body, "utf8").digest("base64");
    const signature = await new SignJWT({ method: "POST", digest })
      .setProtectedHeader({ alg: algorithm, typ: "JWT", kid: jwk.kid })
      .setIssuer(ISSUER)
      .setAudience(URL)
      .setIssuedAt(NOW)
      .setNotBefore(NOW)
      .setExpirationTime(NOW + 1000)
      .setJti(`${algorithm}-${body.length}`)
      .sign(key);
    deliveries.push({ algorithm, body, signature, digest: `SHA-512=${digest}` });
  }
}
const made = { by: `jose ${version}`, url: URL, issuer: ISSUER, now: NOW, deliveries };
writeFileSync("jose.json", `${JSON.stringify(made, null, 1)}\n`);
