// The environment is JavaScript's own `process.env`: what it says now, in this thread, and nothing of the process's.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { SHARE_ENV, Worker } from "node:worker_threads";
import { ConfigError, Penbox } from "penbox";
import { failure, folder, home, listen, reply, run, TOKEN } from "./support.mjs";

const entry = join(home, "dist", "index.js");

/** What a client is made of in a worker with this environment. */
async function inWorker(env) {
  const code = `
    const { parentPort } = require("node:worker_threads");
    const { Penbox } = require(${JSON.stringify(entry)});
    const tried = (make) => { try { return make(); } catch (error) { return error.name + ": " + error.message; } };
    parentPort.postMessage(tried(() => { const { auth, baseUrl } = new Penbox(); return [auth.source, baseUrl]; }));`;
  const worker = new Worker(code, { eval: true, env });
  const [[said]] = await Promise.all([once(worker, "message"), once(worker, "exit")]);
  return said;
}

/** Sets variables until the test ends. */
function set(t, variables) {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    t.after(() => (before === undefined ? delete process.env[name] : (process.env[name] = before)));
    process.env[name] = value;
  }
}

test("what is set and deleted at run time counts", (t) => {
  set(t, { PENBOX_API_TOKEN: "pnbx_one", PENBOX_BASE_URL: "http://127.0.0.1:1/v1" });
  const first = new Penbox();
  assert.equal(first.auth.source, "the environment variable PENBOX_API_TOKEN");
  assert.equal(first.baseUrl, "http://127.0.0.1:1/v1");
  process.env.PENBOX_API_TOKEN = "pnbx_two";
  assert.notEqual(new Penbox().auth.fingerprint, first.auth.fingerprint);
  delete process.env.PENBOX_BASE_URL;
  assert.equal(new Penbox().baseUrl, "https://connect.penbox.io/v1");
  delete process.env.PENBOX_API_TOKEN;
  assert.throws(() => new Penbox(), (error) => error instanceof ConfigError && /no token was given/.test(error.message));
  set(t, { PENBOX_API_TOKEN_DEV: "pnbx_dev" });
  assert.match(new Penbox({ environment: "dev" }).auth.source, /PENBOX_API_TOKEN_DEV$/);
  assert.throws(() => new Penbox({ environment: "staging" }), /PENBOX_API_TOKEN_STAGING/);
});

test("a worker has the environment it was given, and never its parent's", { timeout: 60_000 }, async (t) => {
  set(t, { PENBOX_API_TOKEN: "pnbx_parent", PENBOX_BASE_URL: "http://127.0.0.1:1/v1" });
  const none = await inWorker({});
  assert.match(none, /^ConfigError: no token was given/);
  const own = await inWorker({ PENBOX_API_TOKEN_FILE: join(home, "nowhere") });
  assert.match(own, /^ConfigError: the file that PENBOX_API_TOKEN_FILE names/);
  const other = await inWorker({ PENBOX_API_TOKEN: "pnbx_own" });
  assert.deepEqual(other, ["the environment variable PENBOX_API_TOKEN", "https://connect.penbox.io/v1"]);
  for (const env of [SHARE_ENV, process.env, undefined]) {
    assert.deepEqual(await inWorker(env), ["the environment variable PENBOX_API_TOKEN", "http://127.0.0.1:1/v1"]);
  }
});

test("proxies and certificates come from there, too", { timeout: 60_000 }, async (t) => {
  set(t, { HTTPS_PROXY: "nonsense://proxy", SSL_CERT_FILE: join(home, "nowhere.pem") });
  assert.throws(() => new Penbox({ token: "pnbx_x" }), /SSL_CERT_FILE cannot be read/);
  delete process.env.SSL_CERT_FILE;
  assert.throws(() => new Penbox({ token: "pnbx_x" }), /HTTPS_PROXY has a scheme/);
  delete process.env.HTTPS_PROXY;
  assert.ok(new Penbox({ token: "pnbx_x" }));
});

test("the process's environment is not read where JavaScript's says otherwise", { timeout: 60_000 }, async () => {
  const code = `
    process.env = { PENBOX_API_TOKEN: "pnbx_sandboxed", HTTPS_PROXY: undefined, ALL_PROXY: null, NO_PROXY: 5 };
    const client = new (require(${JSON.stringify(entry)}).Penbox)();
    console.log(client.auth.source, client.baseUrl);`;
  const env = { PENBOX_BASE_URL: "http://127.0.0.1:9/v1", SSL_CERT_FILE: "/nowhere" };
  const { stdout, stderr } = await run(["-e", code], { env });
  assert.deepEqual(
    [stdout, stderr],
    ["the environment variable PENBOX_API_TOKEN https://connect.penbox.io/v1\n", ""],
  );
});

const pem = (name) => join(home, "test", "tls", name);

/** A server whose certificate a CA of the tests signed. */
async function secure(t) {
  const [cert, key] = await Promise.all([readFile(pem("server.pem")), readFile(pem("server-key.pem"))]);
  const server = createServer({ cert, key }, (request, response) => reply(response, 200, { id: "a" }));
  const { port } = await listen(t, server);
  return { token: TOKEN, baseUrl: `https://localhost:${port}/v1` };
}

/** Calls once on a client of its own: its result, or its error. */
async function attempt(settings) {
  const client = new Penbox({ maxAttempts: 1, ...settings });
  try {
    return (await client.forms.get("a")).id;
  } catch (error) {
    return error.code;
  } finally {
    await client.close();
  }
}

test("NODE_EXTRA_CA_CERTS adds to what is trusted", { timeout: 60_000 }, async (t) => {
  const settings = await secure(t);
  const path = await folder(t);
  const file = async (name, text) => {
    await writeFile(join(path, name), text);
    return join(path, name);
  };
  set(t, { NODE_EXTRA_CA_CERTS: "" });
  assert.equal(await attempt(settings), "tls", "an unknown CA");

  process.env.NODE_EXTRA_CA_CERTS = pem("ca.pem");
  assert.equal(await attempt(settings), "a", "to the system's");
  const system = await readFile("/etc/ssl/certs/ca-certificates.crt", "utf8").catch(() => undefined);
  if (system !== undefined) {
    set(t, { SSL_CERT_FILE: await file("system.pem", system) });
    assert.equal(await attempt(settings), "a", "to those of SSL_CERT_FILE");
    assert.equal(await attempt({ ...settings, caFile: process.env.SSL_CERT_FILE }), "tls", "but not to caFile");
    delete process.env.SSL_CERT_FILE;
  }
  for (const [name, bad] of [
    ["nowhere.pem", undefined],
    ["text.pem", "no certificate"],
    ["broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
  ]) {
    process.env.NODE_EXTRA_CA_CERTS = bad === undefined ? join(path, name) : await file(name, bad);
    assert.equal(await attempt(settings), "tls", `${name} adds nothing, as in Node`);
  }
  assert.equal(await attempt({ ...settings, caFile: pem("ca.pem") }), "a", "caFile alone");
});

test("a certificate that is not trusted: the hint names caFile", { timeout: 60_000 }, async (t) => {
  const settings = await secure(t);
  const error = await failure(() => new Penbox({ ...settings, maxAttempts: 1 }).forms.get("a"));
  assert.equal(error.name, "TLSError");
  assert.match(error.hint, /caFile/);
  assert.match(error.hint, /NODE_EXTRA_CA_CERTS/);
  assert.doesNotMatch(error.hint, /ca_file/);
});
