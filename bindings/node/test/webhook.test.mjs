// The verifier of webhooks: what it accepts, what it refuses and why, and the shapes that frameworks give it.
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { ConfigError, InvalidArgumentError, WebhookVerificationError, WebhookVerifier } from "penbox";
import { BODY, delivery, ec, jwk, jwks, NOW, pinned, reasonOf, rsa, URL } from "./deliveries.mjs";
import { httpServer } from "./support.mjs";

test("deliveries that jose signs are accepted, by each algorithm", async () => {
  for (const alg of ["RS256", "RS384", "RS512", "ES256"]) {
    const { headers, body } = await delivery({ alg });
    const event = await pinned({ algorithms: [alg] }).unwrap(headers, body);
    assert.deepEqual(event, JSON.parse(BODY.toString()), alg);
    assert.ok(event.has("responses:completed") && !event.has("requests:created"));
    assert.deepEqual(JSON.parse(JSON.stringify(event)), JSON.parse(BODY.toString()));
    assert.equal(await pinned().verify(headers, body), undefined);
    const others = ["RS256", "RS384", "RS512", "ES256"].filter((other) => other !== alg);
    assert.equal(await reasonOf(pinned({ algorithms: others }).unwrap(headers, body)), "algorithm");
  }
});

test("each fault has its reason", async () => {
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const without = (name) => async () => {
    const { headers, body } = await delivery();
    return { headers: { ...headers, [name]: undefined }, body };
  };
  const with_ = (change) => async () => {
    const { headers, body } = await delivery();
    return { headers: { ...headers, ...change(headers) }, body };
  };
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = (headers, header) => {
    const [, payload, signature] = headers["x-pnbx-signature"].split(".");
    return { "x-pnbx-signature": `${part(header)}.${payload}.${signature}` };
  };
  const faults = {
    signature_missing: [without("x-pnbx-signature")],
    digest_missing: [without("digest")],
    digest: [async () => ({ ...(await delivery()), body: Buffer.from(JSON.stringify(JSON.parse(BODY.toString()), null, 1)) })],
    signature: [() => delivery({ key: other }), async () => ({ ...(await delivery({ claims: { aud: "x" }, key: other })) })],
    unknown_key: [() => delivery({ kid: "else" })],
    audience: [() => delivery({ claims: { aud: `${URL}/` } })],
    issuer: [() => delivery({ claims: { iss: "https://connect.penbox.io" } })],
    method: [() => delivery({ claims: { method: "post" } })],
    expired: [() => delivery({ claims: { exp: NOW - 61 } })],
    not_yet: [() => delivery({ claims: { nbf: NOW + 61 } })],
    algorithm: [with_((headers) => token(headers, { alg: "none", kid: "rsa" })), with_((headers) => token(headers, { alg: "HS256", kid: "rsa" }))],
    critical: [() => delivery({ header: { crit: ["x"], x: 1 } })],
    header: [
      with_((headers) => ({ digest: [headers.digest, headers.digest] })),
      with_((headers) => ({ digest: `${headers.digest}, ${headers.digest}` })),
      with_((headers) => ({ "X-Pnbx-Signature": headers["x-pnbx-signature"] })),
      () => delivery({ header: { jku: "https://evil.example" } }),
      with_(() => ({ "x-pnbx-signature": "a".repeat(9000) })),
    ],
    malformed: [() => delivery({ claims: { aud: [URL, "b"] } }), with_(() => ({ "x-pnbx-signature": "no.token" })), () => delivery({ claims: { exp: "never" } })],
    decode: [() => delivery({ body: Buffer.from("[]") }), () => delivery({ body: Buffer.from([0xff]) })],
  };
  for (const [reason, all] of Object.entries(faults)) {
    for (const [at, made] of all.entries()) {
      const { headers, body } = await made();
      const error = await pinned().unwrap(headers, body).then(() => undefined, (error) => error);
      assert.ok(error instanceof WebhookVerificationError, `${reason} ${at}: ${error}`);
      assert.deepEqual([error.reason, error.code, error.retryable], [reason, "webhook", false], `${reason} ${at}: ${error.message}`);
    }
  }
  assert.throws(() => pinned({ keys: jwk(weak, "weak") }), { name: "ConfigError", reason: "weak_key" });
});

test("of 10,000 mutations of a delivery none is accepted", async () => {
  const { headers, body } = await delivery();
  const verifier = pinned();
  await verifier.unwrap(headers, body);
  let state = 20_260_301;
  const random = (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const accepted = [];
  const names = ["x-pnbx-signature", "digest", "body"];
  for (let round = 0; round < 10_000; round += 1) {
    const name = names[round % 3];
    const text = name === "body" ? body : Buffer.from(headers[name], "latin1");
    const changed = Buffer.from(text);
    const at = random(changed.length);
    const way = random(3);
    // One bit, one character less, or one more.
    if (way === 0) changed[at] ^= 1 << random(7);
    const bytes = way === 0 ? changed : way === 1 ? Buffer.concat([text.subarray(0, at), text.subarray(at + 1)]) : Buffer.concat([text.subarray(0, at), Buffer.from([33 + random(90)]), text.subarray(at)]);
    const given = name === "body" ? headers : { ...headers, [name]: bytes.toString("latin1") };
    await verifier.unwrap(given, name === "body" ? bytes : body).then(
      () => accepted.push([name, way, at, bytes.toString()]),
      (error) => assert.ok(error instanceof WebhookVerificationError, String(error)),
    );
  }
  assert.deepEqual(accepted, []);
});

test("headers are taken in each shape that frameworks give", async () => {
  const { headers, body } = await delivery();
  const pairs = Object.entries(headers);
  const upper = Object.fromEntries(pairs.map(([name, value]) => [name.toUpperCase(), value]));
  const shapes = {
    object: headers,
    "names in another case": upper,
    "lists as values": Object.fromEntries(pairs.map(([name, value]) => [name, [value]])),
    Headers: new Headers(headers),
    Map: new Map(pairs),
    pairs,
    rawHeaders: pairs.flat(),
    Request: new Request(URL, { method: "POST", headers, body }),
    "Fastify's request": { headers, raw: { rawHeaders: pairs.flat(), headers } },
    "Lambda's event": { headers, body: body.toString(), isBase64Encoded: false },
    "undefined values": { ...headers, other: undefined },
  };
  for (const [name, shape] of Object.entries(shapes)) {
    const event = await pinned().unwrap(shape, body);
    assert.equal(event.request.id, "f-1", name);
  }
  const twice = [...pairs, pairs[1]];
  const joined = new Headers(headers);
  joined.append("digest", headers.digest);
  for (const shape of [twice, twice.flat(), joined, { headers: joined }, { headers, rawHeaders: twice.flat() }])
    assert.equal(await reasonOf(pinned().unwrap(shape, body)), "header");
  for (const shape of [undefined, null, "digest: x", 5, [1], [["digest"]], { digest: 5 }, ["digest"]])
    await assert.rejects(pinned().unwrap(shape, body), InvalidArgumentError, JSON.stringify(shape));
});

test("a request of Node's shows a header that came twice", async (t) => {
  const { headers, body } = await delivery();
  const verifier = pinned();
  const server = await httpServer(t, async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const given = [request, request.headers, request.headersDistinct, request.rawHeaders];
    const reasons = await Promise.all(given.map((one) => reasonOf(verifier.unwrap(one, Buffer.concat(chunks)))));
    response.end(JSON.stringify(reasons.map((reason) => reason ?? "accepted")));
  });
  const post = async (fields) => {
    const sent = httpRequest({ port: server.port, host: "127.0.0.1", method: "POST" });
    for (const [name, value] of Object.entries(fields)) sent.setHeader(name, value);
    sent.end(body);
    const [answer] = await once(sent, "response");
    return JSON.parse(Buffer.concat(await answer.toArray()).toString());
  };
  const { digest, "x-pnbx-signature": token } = headers;
  assert.deepEqual(await post({ digest, "x-pnbx-signature": token }), Array(4).fill("accepted"));
  assert.deepEqual(await post({ digest: [digest, digest], "x-pnbx-signature": token }), Array(4).fill("header"));
  assert.deepEqual(await post({ digest, "x-pnbx-signature": [token, token] }), Array(4).fill("header"));
});

test("a body is bytes, and any other says how to get them", async () => {
  const { headers, body } = await delivery();
  const bytes = new Uint8Array(body);
  for (const given of [body, bytes, bytes.buffer, new DataView(bytes.buffer), Buffer.concat([Buffer.from("xx"), body]).subarray(2)])
    assert.ok((await pinned().unwrap(headers, given)).has("responses:completed"));
  for (const [given, said] of [
    [body.toString(), /is text/],
    [JSON.parse(body.toString()), /was it parsed/],
    [undefined, /absent/],
    [null, /absent/],
    [5, /a number/],
  ]) {
    const error = await pinned().unwrap(headers, given).then(() => undefined, (error) => error);
    assert.ok(error instanceof InvalidArgumentError);
    assert.match(error.message, said);
    for (const name of ["express.raw", "Fastify", "request.arrayBuffer()", "Koa", "Hono"]) assert.ok(error.hint.includes(name), name);
  }
});

test("a repeat is refused once deliveries are remembered, and accepted once it was forgotten", async () => {
  const { headers, body } = await delivery();
  const verifier = pinned({ rememberDeliveries: true });
  const unwrap = () => reasonOf(verifier.unwrap(headers, body));
  await verifier.verify(headers, body);
  assert.deepEqual([await unwrap(), await unwrap()], [undefined, "replayed"]);
  await verifier.verify(headers, body);
  await verifier.forget(headers);
  await verifier.forget(headers);
  assert.deepEqual([await unwrap(), await unwrap()], [undefined, "replayed"]);
  const other = await delivery();
  assert.equal(await reasonOf(verifier.unwrap(other.headers, other.body)), undefined);
  assert.equal(await reasonOf(verifier.forget({})), "signature_missing");
  const plain = pinned({ rememberDeliveries: false });
  for (let repeat = 0; repeat < 2; repeat += 1) await plain.unwrap(headers, body);
});

test("a store of the program's own is asked, and what it does counts", async () => {
  const { headers, body } = await delivery();
  const [kept, ttls] = [new Set(), []];
  const store = {
    async add(id, ttlMs) {
      ttls.push(ttlMs);
      assert.match(id, /^[\w-]{43}$/);
      return kept.size < kept.add(id).size;
    },
    remove: async (id) => kept.delete(id),
  };
  const verifier = pinned({ rememberDeliveries: store });
  const all = await Promise.all(Array.from({ length: 8 }, () => reasonOf(verifier.unwrap(headers, body))));
  assert.deepEqual(all.sort(), [...Array(7).fill("replayed"), undefined]);
  // The token ends after 1,000 s and the leeway of 60.
  assert.deepEqual(new Set(ttls), new Set([1_060_000]));
  await verifier.forget(headers);
  assert.equal(kept.size, 0);
  assert.equal(await reasonOf(pinned({ rememberDeliveries: store }).unwrap(headers, body)), undefined);
  const forged = await delivery({ claims: { aud: "x" } });
  await reasonOf(verifier.unwrap(forged.headers, forged.body));
  assert.equal(kept.size, 1, "what is refused is not in the store");
});

test("a store that fails refuses the delivery as replay_store, with its cause", async () => {
  const { headers, body } = await delivery();
  const thrown = new Error("the database is away");
  for (const add of [async () => { throw thrown; }, () => { throw thrown; }]) {
    const verifier = pinned({ rememberDeliveries: { add, remove: add } });
    for (const call of [verifier.unwrap(headers, body), verifier.forget(headers)]) {
      const error = await call.then(() => undefined, (error) => error);
      assert.ok(error instanceof WebhookVerificationError);
      assert.deepEqual([error.reason, error.retryable, error.cause], ["replay_store", true, thrown]);
      assert.match(error.message, /the database is away/);
    }
  }
  for (const answer of ["OK", 1, null, undefined]) {
    const verifier = pinned({ rememberDeliveries: { add: () => answer, remove() {} } });
    const error = await verifier.unwrap(headers, body).then(() => undefined, (error) => error);
    assert.equal(error.reason, "replay_store");
    assert.match(error.message, /must give true or false/);
  }
});

test("keys are pinned as JWK, JWKS, PEM, bytes or a KeyObject", async () => {
  const { headers, body } = await delivery();
  const pem = rsa.publicKey.export({ type: "spki", format: "pem" });
  for (const keys of [jwks, JSON.stringify(jwks), jwk(rsa, "rsa"), pem, Buffer.from(pem), rsa.publicKey, createPublicKey(pem)])
    assert.equal(await reasonOf(pinned({ keys, algorithms: ["RS256"] }).unwrap(headers, body)), undefined);
  assert.throws(() => pinned({ keys: rsa.privateKey }), ConfigError);
  const signed = await delivery({ alg: "ES256" });
  assert.equal(await reasonOf(pinned({ keys: ec.publicKey }).unwrap(signed.headers, signed.body)), undefined);
});

test("settings that cannot be are refused", () => {
  for (const [settings, said] of [
    [{ keyUrl: "x" }, /no setting keyUrl/],
    [{ leewayMs: "5" }, /leewayMs must be a number/],
    [{ leewayMs: -1 }, /leewayMs must be a number/],
    [{ leewayMs: Number.NaN }, /leewayMs must be a number/],
    [{ leewayMs: 86_400_001 }, /leeway is longer than a day/],
    [{ timeoutMs: 0 }, /timeout/],
    [{ algorithms: ["HS256"] }, /algorithms must be some of/],
    [{ algorithms: "RS256" }, /algorithms must be a list/],
    [{ rememberDeliveries: "yes" }, /rememberDeliveries must be true, or a store/],
    [{ rememberDeliveries: { add() {} } }, /rememberDeliveries must be true, or a store/],
    [{ method: "" }, /no HTTP method/],
    [{ keys: 5 }, /keys must be text or an object/],
    [{ keysUrl: "http://keys.example/jwks" }, /plain http/],
    [{ network: 5 }, /network must be an object/],
    [{ network: { proxi: "x" } }, /no setting proxi/],
    [{ network: { proxy: "gopher://x" } }, /proxy/],
    [{ clock: 5 }, /clock must be a function/],
    [5, /must be an object/],
  ])
    assert.throws(() => new WebhookVerifier(URL, settings), (error) => error instanceof ConfigError && said.test(error.message), String(said));
  for (const url of ["/hooks", "", undefined, new globalThis.URL(URL)]) assert.throws(() => new WebhookVerifier(url), ConfigError);
  for (const settings of [undefined, {}, { keysUrl: undefined, rememberDeliveries: undefined, network: undefined }]) new WebhookVerifier(URL, settings);
});
