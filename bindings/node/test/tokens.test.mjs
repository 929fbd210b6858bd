// Functions, commands and changes of the token, as JavaScript sees them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { ClosedError, ConfigError, InvalidArgumentError, Penbox, WorkspaceClients } from "penbox";
import { failure, httpServer, reply, TOKEN } from "./support.mjs";

const [OLD, NEW] = [`${TOKEN}-old`, `${TOKEN}-new`];
const refused = [401, { statusCode: 401, message: "Invalid token" }];

/** A server that answers with these in turn, then with a form, and remembers the tokens. */
async function answering(t, ...answers) {
  const tokens = [];
  const server = await httpServer(t, (request, response) => {
    tokens.push(request.headers.authorization.replace("Bearer ", ""));
    request.resume();
    const [status, body] = answers.shift() ?? [200, { id: "a" }];
    reply(response, status, body);
  });
  return { baseUrl: server.baseUrl, tokens };
}

test("a function is called at the first call and again after a 401", async (t) => {
  const { baseUrl, tokens } = await answering(t, refused);
  const given = [OLD, NEW];
  const client = new Penbox({ baseUrl, tokenProvider: async () => given.shift(), maxAttempts: 1 });
  assert.deepEqual([given.length, client.auth.fingerprint], [2, undefined]);
  assert.equal((await client.forms.create({ flow: { slug: "x" } })).id, "a");
  assert.deepEqual(tokens, [OLD, NEW]);
  assert.equal(client.auth.fingerprint, new Penbox({ token: NEW }).auth.fingerprint);
  await client.close();
});

test("a hundred calls ask once, and wait without a thread each", async (t) => {
  const { baseUrl, tokens } = await answering(t);
  let asked = 0;
  const client = new Penbox({
    baseUrl,
    maxWorkers: 2,
    tokenProvider: () => {
      asked += 1;
      return new Promise((resolve) => setTimeout(resolve, 50, TOKEN));
    },
  });
  await Promise.all(Array.from({ length: 100 }, () => client.forms.get("a")));
  assert.deepEqual([asked, tokens.length], [1, 100]);
  await client.close();
});

test("each fault of a function has its reason", async (t) => {
  const { baseUrl, tokens } = await answering(t);
  const sealed = new Error("no token pnbx_0123456789abcdef for you");
  const faults = [
    [() => Promise.reject(sealed), "provider_failed", sealed],
    [() => { throw sealed; }, "provider_failed", sealed],
    [() => { throw null; }, "provider_failed", null],
    [() => undefined, "provider_empty"],
    [async () => null, "provider_empty"],
    [() => 7, "provider_type"],
    [() => [TOKEN], "provider_type"],
    [() => `${TOKEN}\n`, "token_malformed"],
    [() => "", "token_malformed"],
  ];
  for (const [tokenProvider, reason, cause] of faults) {
    const client = new Penbox({ baseUrl, tokenProvider });
    const error = await failure(() => client.forms.create({ flow: { slug: "x" } }));
    assert.ok(error instanceof ConfigError, String(error));
    assert.deepEqual([error.reason, error.outcome, error.attempts], [reason, "not_sent", 0]);
    assert.equal(error.cause, cause);
    assert.ok(!`${error.message} ${error.hint} ${error.supportReport()}`.includes("0123456789"));
    await client.close();
  }
  assert.deepEqual(tokens, []);
});

test("a function that never answers ends with the call's time, its signal and the client's close", async (t) => {
  const { baseUrl } = await answering(t);
  const client = new Penbox({ baseUrl, tokenProvider: () => new Promise(() => {}) });
  const late = await failure(() => client.forms.get("a", { timeoutMs: 50 }));
  assert.deepEqual([late.kind, late.outcome], ["timeout", "not_sent"]);
  const stop = new AbortController();
  const aborted = failure(() => client.forms.get("a", { signal: stop.signal }));
  stop.abort();
  assert.equal((await aborted).kind, "cancelled");
  const closed = failure(() => client.forms.get("a"));
  await client.close();
  assert.equal((await closed).kind, "closed");
});

test("a command is a list or a text, and no other value is taken for one", async (t) => {
  const { baseUrl, tokens } = await answering(t);
  const tokenCommand = ["sh", "-c", "P=pnbx; echo $P'_of-a-command'"];
  const client = new Penbox({ baseUrl, tokenCommand });
  await client.forms.get("a");
  assert.deepEqual(tokens, ["pnbx_" + "of-a-command"]);
  assert.equal(client.auth.source, "the token command sh");
  await client.close();
  for (const wrong of ["pass 'a b'", [], ["a", 1], 7, { a: 1 }, () => TOKEN])
    assert.throws(() => new Penbox({ tokenCommand: wrong }), ConfigError);
  assert.throws(() => new Penbox({ token: TOKEN, tokenCommand }), /only one of token, tokenProvider and tokenCommand/);
  assert.throws(() => new Penbox({ tokenProvider: "vault" }), /tokenProvider must be a function/);
});

test("a token is replaced, and the facts about it with it", async (t) => {
  const { baseUrl, tokens } = await answering(t);
  const client = new Penbox({ baseUrl, token: OLD });
  const before = client.auth.fingerprint;
  await client.forms.get("a");
  client.setToken(NEW);
  await client.forms.get("a");
  assert.deepEqual(tokens, [OLD, NEW]);
  assert.notEqual(client.auth.fingerprint, before);
  for (const wrong of ["", `${NEW}\n`, 7, null, undefined]) assert.throws(() => client.setToken(wrong), ConfigError);
  await client.close();
  assert.throws(() => client.setToken(NEW), ClosedError);
});

test("a set of workspaces has a client each", async (t) => {
  const { baseUrl, tokens } = await answering(t);
  const clients = new WorkspaceClients({ sales: OLD, hr: { tokenProvider: () => NEW } }, { baseUrl });
  await clients.get("sales").forms.get("a");
  await clients.get("hr").forms.get("a");
  assert.deepEqual(tokens, [OLD, NEW]);
  assert.deepEqual([clients.slugs, [...clients].length], [["sales", "hr"], 2]);
  const error = await failure(() => clients.get("legal"));
  assert.ok(error instanceof InvalidArgumentError);
  assert.deepEqual([error.reason, error.message], [
    "unknown_workspace",
    "no client belongs to the workspace legal; known are: hr, sales",
  ]);
  assert.ok(!inspect(clients, { depth: 9, showHidden: true }).includes(OLD));
  const open = clients.get("hr");
  await clients.close();
  assert.equal((await failure(() => open.forms.get("a"))).kind, "closed");
  assert.throws(() => new WorkspaceClients({ a: OLD, b: OLD }), /the workspaces a and b have the same token/);
  assert.throws(() => new WorkspaceClients({ a: OLD, b: "Bearer x" }), /the workspace b: the token must be given without/);
});

test("the page on tokens shows what works", async () => {
  const vault = { read: async (name) => ({ token: `${TOKEN}-of-${name}` }) };
  const client = new Penbox({ tokenProvider: async () => (await vault.read("kv/penbox")).token });
  assert.equal(client.auth.source, "the token provider given to the client");
  await client.close();
});
