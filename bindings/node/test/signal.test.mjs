// Calls that an AbortSignal ends: what becomes of a call when is in the conformance cases.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { CancelledError, InvalidArgumentError, Penbox } from "penbox";
import { failure, folder, gate, httpServer, reply, TOKEN } from "./support.mjs";

/** A server that answers what `answers` gives something for, and never anything else; `asked` opens then. */
async function hanging(t, answers = () => undefined) {
  const asked = gate();
  const server = await httpServer(t, (request, response) => {
    server.requests += 1;
    const given = answers(request, response);
    if (given !== undefined) reply(response, ...given);
    else asked.open();
  });
  server.requests = 0;
  server.asked = asked.passed;
  return server;
}

const listeners = (signal) => getEventListeners(signal, "abort").length;
const cancelled = (error) => {
  assert.ok(error instanceof CancelledError, String(error));
  assert.equal(error.code, "cancelled");
  return error;
};

test("a signal ends a call and no other", async (t) => {
  const server = await hanging(t, ({ method }) => (method === "GET" ? [200, { id: "a" }] : undefined));
  const client = new Penbox(server.settings);
  const controller = new AbortController();
  const { signal } = controller;
  const call = failure(() => client.forms.create({ flow: { slug: "x" } }, { signal }));
  await server.asked;
  assert.equal(listeners(signal), 1);
  controller.abort();
  const error = cancelled(await call);
  assert.deepEqual([error.outcome, error.attempts, error.operation], ["unknown", 1, "forms.create"]);
  assert.equal(error.cause, signal.reason);
  assert.equal(error.cause.name, "AbortError");
  assert.equal(listeners(signal), 0);
  assert.equal((await client.forms.get("a")).id, "a");
  assert.equal((await client.forms.get("a", { signal: new AbortController().signal })).id, "a");
});

test("the cause is the signal's reason, whatever it is", async (t) => {
  const server = await hanging(t);
  const client = new Penbox(server.settings);
  for (const reason of [new Error("mine"), "text", 0, null]) {
    const controller = new AbortController();
    const call = failure(() => client.forms.get("a", { signal: controller.signal }));
    controller.abort(reason);
    assert.equal(cancelled(await call).cause, reason);
  }
  const error = cancelled(await failure(() => client.forms.get("a", { signal: AbortSignal.timeout(20) })));
  assert.equal(error.cause.name, "TimeoutError");
});

test("an aborted signal sends nothing", async (t) => {
  const server = await hanging(t);
  const client = new Penbox(server.settings);
  const signal = AbortSignal.abort("before");
  const source = Readable.from([Buffer.from("x")]);
  const calls = [
    () => client.forms.get("a", { signal }),
    () => client.forms.list({}, { signal }).collect(),
    () => client.forms.list({}, { signal }).page(1),
    () => client.forms.list({}, { signal }).totalCount(),
    () => client.attachments.upload(Buffer.from("x"), { name: "x" }, { signal }),
    () => client.attachments.upload(source, { name: "x" }, { signal }),
    () => client.attachments.download("a", {}, { signal }),
  ];
  for (const call of calls) {
    const error = cancelled(await failure(call));
    assert.deepEqual([error.outcome, error.attempts, error.cause], ["not_sent", 0, "before"], String(call));
  }
  assert.equal(server.connections, 0);
  assert.ok(source.destroyed);
  assert.equal(listeners(signal), 0);
});

for (const ahead of [false, true]) {
  test(`an iteration ends${ahead ? " that fetches ahead" : ""}`, async (t) => {
    const meta = { current_page: 1, total_pages: 3 };
    const server = await hanging(t, ({ url }) =>
      /number(%5D|\])=1(&|$)/.test(url) ? [200, { data: [{ id: "a" }], meta }] : undefined,
    );
    const client = new Penbox(server.settings);
    const controller = new AbortController();
    const { signal } = controller;
    const list = client.forms.list({}, { signal });
    if (ahead) list.prefetch();
    const walk = list[Symbol.asyncIterator]();
    assert.equal((await walk.next()).value.id, "a");
    const next = failure(() => walk.next());
    await server.asked;
    controller.abort();
    assert.equal(cancelled(await next).cause, signal.reason);
    assert.equal(cancelled(await failure(() => walk.next())).cause, signal.reason, "the walk is where it was");
    assert.equal(listeners(signal), 0);
    assert.equal(server.requests, 2);
  });
}

test("a rest before another attempt ends", async (t) => {
  const limited = [429, { statusCode: 429, message: "slow down", retryAfter: 60 }];
  const server = await hanging(t, () => limited);
  const client = new Penbox(server.settings);
  const controller = new AbortController();
  const call = failure(() => client.forms.create({ flow: { slug: "x" } }, { signal: controller.signal }));
  while (server.requests === 0) await new Promise(setImmediate);
  controller.abort();
  // Ended while it rests, or while the 429 was still on its way.
  assert.ok(["not_sent", "unknown"].includes(cancelled(await call).outcome));
  assert.equal(server.requests, 1);
});

/** A source that gives some bytes, and then nothing more. */
function stuck() {
  const asked = gate();
  let given = false;
  const source = new Readable({
    read() {
      if (given) asked.open();
      else this.push(Buffer.alloc(1000));
      given = true;
    },
  });
  return { source, waiting: asked.passed };
}

test("an upload ends, in the middle of bytes and of a stream that gives none", async (t) => {
  const server = await hanging(t);
  const client = new Penbox(server.settings);
  for (const streams of [false, true]) {
    const controller = new AbortController();
    const { signal } = controller;
    const { source, waiting } = stuck();
    const given = streams ? source : Buffer.alloc(64 << 20);
    const call = failure(() => client.attachments.upload(given, { name: "x" }, { signal }));
    await (streams ? waiting : server.asked);
    controller.abort();
    const error = cancelled(await call);
    assert.equal(error.cause, signal.reason);
    assert.equal(listeners(signal), 0);
    assert.equal(source.destroyed, streams);
  }
});

test("a download ends, to a path and to a stream that takes nothing", async (t) => {
  const server = await httpServer(t, (_, response) => {
    response.writeHead(200, { "content-length": 4 << 20 });
    response.write(Buffer.alloc(3 << 20));
  });
  const client = new Penbox(server.settings);
  const path = await folder(t);
  for (const streams of [false, true]) {
    const controller = new AbortController();
    const { signal } = controller;
    const moved = gate();
    const target = new Writable({ write: () => moved.open() });
    const into = streams
      ? { to: target }
      : { to: join(path, "x"), onProgress: (count) => count > 0 && moved.open() };
    const call = failure(() => client.attachments.download("a", into, { signal }));
    await moved.passed;
    controller.abort();
    const error = cancelled(await call);
    assert.deepEqual([error.outcome, error.cause], ["done", signal.reason]);
    assert.equal(listeners(signal), 0);
  }
  assert.deepEqual(await readdir(path), []);
});

test("one signal serves a thousand calls, and keeps nothing of them", async (t) => {
  const server = await httpServer(t, (request, response) => {
    reply(response, request.url.endsWith("none") ? 404 : 200, { id: "a" });
  });
  const client = new Penbox(server.settings);
  const { signal } = new AbortController();
  const warned = [];
  const hear = (warning) => warned.push(warning);
  process.on("warning", hear);
  t.after(() => process.off("warning", hear));
  for (let round = 0; round < 40; round += 1) {
    const calls = [...Array(24)].map(() => client.forms.get("a", { signal }));
    const failed = failure(() => client.forms.get("none", { signal }));
    assert.equal(listeners(signal), 1);
    await Promise.all([...calls, failed]);
  }
  await new Promise(setImmediate);
  assert.equal(listeners(signal), 0);
  assert.deepEqual(warned, []);
});

test("closing the client is not the signal's doing", async (t) => {
  const server = await hanging(t);
  const client = new Penbox(server.settings);
  const { signal } = new AbortController();
  const call = failure(() => client.forms.get("a", { signal }));
  await server.asked;
  await client.close();
  const error = await call;
  assert.deepEqual([error.code, error.cause], ["closed", undefined]);
  assert.equal(listeners(signal), 0);
});

test("a progress that cancels is not the signal's doing either", async (t) => {
  const server = await httpServer(t, (_, response) => response.end("abc"));
  const client = new Penbox(server.settings);
  const { signal } = new AbortController();
  const into = { onProgress: () => false };
  assert.equal(cancelled(await failure(() => client.attachments.download("a", into, { signal }))).cause, undefined);
});

test("what is no signal is refused", async (t) => {
  const server = await hanging(t);
  const client = new Penbox(server.settings);
  for (const signal of [true, "x", 5, {}, new AbortController(), { aborted: true }]) {
    const error = await failure(() => client.forms.get("a", { signal }));
    assert.ok(error instanceof InvalidArgumentError);
    assert.match(error.message, /signal must be an AbortSignal/);
    assert.throws(() => client.forms.list({}, { signal }), InvalidArgumentError);
  }
  assert.equal(server.connections, 0);
  const error = await failure(() => client.forms.get("a", { signal: undefined, maxAttempts: 0 }));
  assert.match(error.message, /maxAttempts/);
});

test("a call amid a handshake sent nothing", async (t) => {
  // Over https, with the system's certificates: to the server, and to a proxy before it.
  for (const proxied of [false, true]) {
    for (const closes of [false, true]) {
      const accepted = gate();
      const sockets = [];
      const server = createServer((socket) => {
        sockets.push(socket.on("error", () => {}));
        if (sockets.length === 3) accepted.open();
      });
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = `127.0.0.1:${server.address().port}`;
      const settings = proxied
        ? { baseUrl: "https://penbox.invalid/v1", proxy: `http://${address}` }
        : { baseUrl: `https://${address}/v1` };
      const client = new Penbox({ token: TOKEN, ...settings });
      const controller = new AbortController();
      const { signal } = controller;
      const calls = [
        () => client.forms.create({ flow: { slug: "x" } }, { signal }),
        () => client.attachments.upload(Buffer.from("x"), { name: "a.txt" }, { signal }),
        () => client.attachments.download("a", {}, { signal }),
      ].map(failure);
      await accepted.passed;
      if (closes) client.close();
      else controller.abort();
      for (const error of await Promise.all(calls)) {
        assert.equal(error.code, closes ? "closed" : "cancelled", String(error));
        assert.deepEqual([error.outcome, error.attempts], ["not_sent", 1], String(error));
      }
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  }
});
