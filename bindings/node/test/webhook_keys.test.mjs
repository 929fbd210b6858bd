// The issuer's keys: they are fetched beside the JavaScript thread, once, and nobody waits longer than he must.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { CancelledError, InvalidArgumentError, WebhookVerifier } from "penbox";
import { delivery, jwks, keyServer, NOW, pinned, reasonOf, URL } from "./deliveries.mjs";
import { reply, run } from "./support.mjs";

const fetching = (server, settings) => pinned({ keys: undefined, keysUrl: server.keysUrl, ...settings });

/** Passes when it is opened. */
function gate() {
  const made = {};
  made.passed = new Promise((resolve) => (made.open = resolve));
  return made;
}

test("keys are fetched once for all who wait, and JavaScript runs meanwhile", async (t) => {
  const [asked, go] = [gate(), gate()];
  const server = await keyServer(t, async (response) => {
    // This server runs on the thread that a wait would block.
    asked.open();
    await go.passed;
    reply(response, 200, jwks);
  });
  const verifier = fetching(server);
  const deliveries = await Promise.all(Array.from({ length: 20 }, () => delivery()));
  const all = deliveries.map(({ headers, body }) => reasonOf(verifier.unwrap(headers, body)));
  await asked.passed;
  go.open();
  assert.deepEqual(await Promise.all(all), Array(20).fill(undefined));
  const { headers, body } = await delivery();
  for (let more = 0; more < 100; more += 1) await verifier.unwrap(headers, body);
  assert.equal(server.requests, 1);
});

test("those who waited for keys that cannot be had share the failure", async (t) => {
  const [asked, go] = [gate(), gate()];
  const server = await keyServer(t, async (response) => {
    asked.open();
    await go.passed;
    reply(response, 500, {});
  });
  // The clock moves far on during the request, so that each could make another.
  let now = NOW * 1000;
  const verifier = fetching(server, { clock: () => (now += 5_000) });
  const made = await delivery();
  const all = Array.from({ length: 20 }, () => verifier.unwrap(made.headers, made.body).then(() => undefined, (error) => error));
  await asked.passed;
  go.open();
  for (const error of await Promise.all(all)) {
    assert.deepEqual([error.code, error.httpStatus, error.retryable], ["server", 500, true]);
    assert.match(error.message, /the keys of the issuer could not be read/);
  }
  assert.equal(server.requests, 1);
});

test("keys are found again once the issuer is back, and a new key is found", async (t) => {
  let now = NOW * 1000;
  const [first] = jwks.keys;
  const answers = [[503, {}], [200, { keys: [first] }], [200, jwks]];
  const server = await keyServer(t, (response, number) => reply(response, ...answers[number - 1]));
  const verifier = fetching(server, { clock: () => now });
  const [old, fresh] = [await delivery(), await delivery({ alg: "ES256" })];
  const unwrap = ({ headers, body }) => reasonOf(verifier.unwrap(headers, body));
  assert.equal(await unwrap(old), "server");
  now += 2_000;
  assert.equal(await unwrap(old), undefined);
  assert.equal(await unwrap(fresh), "unknown_key");
  now += 31_000;
  assert.equal(await unwrap(fresh), undefined);
  assert.deepEqual([await unwrap(old), server.requests], [undefined, 3]);
});

test("10,000 tokens of unknown keys cause one request", async (t) => {
  const server = await keyServer(t);
  const verifier = fetching(server);
  const { headers, body } = await delivery();
  await verifier.unwrap(headers, body);
  const [, payload, signature] = headers["x-pnbx-signature"].split(".");
  const forged = (kid) => {
    const head = Buffer.from(JSON.stringify({ alg: "RS256", kid })).toString("base64url");
    return { ...headers, "x-pnbx-signature": `${head}.${payload}.${signature}` };
  };
  const all = Array.from({ length: 10_000 }, (_, number) => reasonOf(verifier.unwrap(forged(`k${number}`), body)));
  assert.deepEqual(new Set(await Promise.all(all)), new Set(["unknown_key"]));
  assert.equal(await reasonOf(verifier.unwrap(headers, body)), undefined);
  assert.ok(server.requests <= 2, `${server.requests} requests`);
});

test("a signal ends the wait for keys, and the delivery was not accepted", async (t) => {
  const [asked, go] = [gate(), gate()];
  const server = await keyServer(t, async (response) => {
    asked.open();
    await go.passed;
    reply(response, 200, jwks);
  });
  const verifier = fetching(server, { rememberDeliveries: true });
  const { headers, body } = await delivery();
  const controller = new AbortController();
  const waiting = verifier.unwrap(headers, body, { signal: controller.signal });
  await asked.passed;
  const reason = new Error("the caller hung up");
  controller.abort(reason);
  await assert.rejects(waiting, (error) => error instanceof CancelledError && error.cause === reason);
  go.open();
  assert.equal(await reasonOf(verifier.unwrap(headers, body)), undefined, "it was not remembered");
  await assert.rejects(verifier.unwrap(headers, body, { signal: AbortSignal.abort(reason) }), CancelledError);
  await assert.rejects(verifier.verify(headers, body, { signal: 5 }), InvalidArgumentError);
  await assert.rejects(verifier.verify(headers, body, { timeoutMs: 5 }), InvalidArgumentError);
  assert.equal(server.requests, 1);
});

test("an issuer that says nothing is an error in time", async (t) => {
  const server = await keyServer(t, () => {});
  const { headers, body } = await delivery();
  const error = await fetching(server, { timeoutMs: 300 }).verify(headers, body).then(() => undefined, (error) => error);
  assert.deepEqual([error.code, error.retryable], ["timeout", true]);
});

test("an idle verifier does not keep the process alive, and a fetch of keys does", async (t) => {
  const server = await keyServer(t, (response) => setTimeout(reply, 200, response, 200, jwks));
  const made = await delivery();
  const settings = JSON.stringify({ keysUrl: server.keysUrl });
  const program = (rest) => `
    import { WebhookVerifier } from "penbox";
    const verifier = new WebhookVerifier(${JSON.stringify(URL)}, { ...${settings}, clock: () => ${NOW * 1000} });
    ${rest}`;
  const idle = await run(["--input-type=module", "-e", program("")]);
  assert.deepEqual([idle.code, idle.stdout, idle.stderr], [0, "", ""]);
  const body = `Buffer.from("${made.body.toString("base64")}", "base64")`;
  const call = `verifier.unwrap(${JSON.stringify(made.headers)}, ${body}).then((event) => console.log(event.request.id));`;
  const busy = await run(["--input-type=module", "-e", program(call)]);
  assert.deepEqual([busy.code, busy.stdout, busy.stderr], [0, "f-1\n", ""]);
  const exits = await run(["--input-type=module", "-e", program(`${call} setTimeout(() => process.exit(7), 50);`)]);
  assert.deepEqual([exits.code, exits.stderr], [7, ""]);
});

test("verifiers work in worker threads, also in one that ends while keys are fetched", async (t) => {
  const [asked, go] = [gate(), gate()];
  const server = await keyServer(t, async (response, number) => {
    if (number === 1) {
      asked.open();
      await go.passed;
    }
    reply(response, 200, jwks);
  });
  const { headers, body } = await delivery();
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    const { WebhookVerifier } = require("penbox");
    const { url, settings, headers, body, now } = workerData;
    const verifier = new WebhookVerifier(url, { ...settings, clock: () => now });
    verifier.unwrap(headers, body).then((event) => parentPort.postMessage(event.request.id));`;
  const workerData = { url: URL, settings: { keysUrl: server.keysUrl }, headers, body, now: NOW * 1000 };
  const start = () => new Worker(code, { eval: true, workerData });
  const first = start();
  await asked.passed;
  await first.terminate();
  go.open();
  const others = [start(), start(), start()];
  const told = await Promise.all(others.map((worker) => once(worker, "message")));
  assert.deepEqual(told, [["f-1"], ["f-1"], ["f-1"]]);
  await Promise.all(others.map((worker) => worker.terminate()));
});

test("keys are fetched through the proxy of the settings, and by the environment", async (t) => {
  const server = await keyServer(t);
  const { headers, body } = await delivery();
  const proxy = "http://127.0.0.1:1";
  // Loopback is reached without the environment's proxy, but not without one that was set.
  const error = await fetching(server, { network: { proxy } }).verify(headers, body).then(() => undefined, (error) => error);
  assert.deepEqual([error.code, server.requests], ["connection", 0]);
  const { PENBOX_ENVIRONMENT: before } = process.env;
  process.env.PENBOX_ENVIRONMENT = "nonsense";
  t.after(() => (before === undefined ? delete process.env.PENBOX_ENVIRONMENT : (process.env.PENBOX_ENVIRONMENT = before)));
  await fetching(server).verify(headers, body);
  assert.ok(new WebhookVerifier(URL));
});
