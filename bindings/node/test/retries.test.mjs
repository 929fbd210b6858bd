// Calls that are repeated, as JavaScript sees them: what is repeated when is in the conformance cases.
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { Readable } from "node:stream";
import { test } from "node:test";
import { ConfigError, InvalidArgumentError, Penbox, RateLimitError, ServerError } from "penbox";
import { failure, httpServer, reply, TOKEN } from "./support.mjs";

/** A server that answers with these in turn, then with a form. */
async function answering(t, ...answers) {
  const server = await httpServer(t, (request, response) => {
    server.requests += 1;
    request.resume();
    const [status, body] = answers.shift() ?? [200, { id: "a" }];
    reply(response, status, body);
  });
  server.requests = 0;
  return server;
}

const limited = (retryAfter) => [429, { statusCode: 429, message: "slow down", retryAfter }];

test("a call waits and goes on, without holding up others", async (t) => {
  const server = await answering(t, limited(0.3));
  const client = new Penbox(server.settings);
  const started = performance.now();
  const waiting = client.forms.get("a");
  while (server.requests === 0) await new Promise(setImmediate);
  assert.equal((await client.forms.get("b")).id, "a");
  assert.equal((await waiting).id, "a");
  assert.ok(performance.now() - started >= 300);
  assert.equal(server.requests, 3);
});

test("settings and options say how often and how long", async (t) => {
  for (const settings of [{ maxAttempts: 1 }, { maxRetryWaitMs: 0 }, { maxRetryWaitMs: 100 }]) {
    const server = await answering(t, limited(0.3));
    const error = await failure(() => new Penbox({ ...server.settings, ...settings }).forms.get("a"));
    assert.ok(error instanceof RateLimitError);
    assert.deepEqual([error.attempts, error.retryAfterMs, server.requests], [1, 300, 1]);
  }
  const down = [503, {}];
  const again = await answering(t, down);
  const form = { flow: { slug: "x" } };
  await new Penbox(again.settings).forms.create(form, { maxAttempts: 2, retryUnsafe: true });
  assert.equal(again.requests, 2);
  const once = await answering(t, down);
  const error = await failure(() => new Penbox(once.settings).forms.get("a", { maxAttempts: 1 }));
  assert.ok(error instanceof ServerError);
  assert.equal(once.requests, 1);
});

test("what makes no sense is refused, and nothing is sent", async (t) => {
  const server = await answering(t);
  const client = new Penbox(server.settings);
  for (const options of [{ maxAttempts: 0 }, { maxAttempts: "3" }, { retryUnsafe: 1 }, { max_attempts: 1 }]) {
    const error = await failure(() => client.forms.get("a", options));
    assert.ok(error instanceof InvalidArgumentError, String(error));
  }
  for (const settings of [{ maxAttempts: 0 }, { maxRetryWaitMs: -1 }]) {
    assert.throws(() => new Penbox({ token: TOKEN, ...settings }), ConfigError);
  }
  assert.equal(server.requests, 0);
});

test("closing the client ends a wait", async (t) => {
  const server = await answering(t, limited(60));
  const client = new Penbox(server.settings);
  const call = failure(() => client.forms.get("a"));
  while (server.requests === 0) await new Promise(setImmediate);
  await client.close();
  assert.equal((await call).code, "closed");
});

test("a client that is paused sends nothing and says so", async (t) => {
  const server = await answering(t, limited(3600));
  const client = new Penbox(server.settings);
  const first = await failure(() => client.forms.get("a"));
  assert.deepEqual([first.reason, first.outcome], [undefined, "rejected"]);
  const source = Readable.from([Buffer.from("x")]);
  const calls = [
    () => client.forms.create({ flow: { slug: "x" } }),
    () => client.attachments.upload(Buffer.from("x"), { name: "a.txt" }),
    () => client.attachments.upload(source, { name: "a.txt" }),
    () => client.attachments.download("a"),
    () => client.forms.list({}).collect(),
  ];
  // All at once: on as many threads.
  const errors = await Promise.all(calls.map(failure));
  for (const error of errors) {
    assert.ok(error instanceof RateLimitError, String(error));
    assert.deepEqual([error.reason, error.outcome], ["paused", "not_sent"]);
  }
  assert.equal(server.requests, 1);
});
