// Calls run beside the event loop, on threads of the SDK's own.
import assert from "node:assert/strict";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { test } from "node:test";
import { ClosedError, Penbox } from "penbox";
import { failure, gate, httpServer, reply, runText } from "./support.mjs";

/** A server that holds its answers until `release`, and tells when `count` requests are held. */
async function holding(t, count) {
  const [all, open] = [gate(), gate()];
  let held = 0;
  const server = await httpServer(t, async (request, response) => {
    held += 1;
    if (held === count) all.open();
    await open.passed;
    reply(response, 200, { id: request.url.split("/").at(-1) });
  });
  return { ...server, all: all.passed, release: open.open, held: () => held };
}

test(
  "256 calls are in flight at once, later ones wait, each gets its own answer",
  { timeout: 60_000 },
  async (t) => {
    const server = await holding(t, 256);
    const client = new Penbox(server.settings);
    const ids = Array.from({ length: 600 }, (_, number) => `form-${number}`);
    const results = Promise.all(ids.map((id) => client.forms.get(id)));
    await server.all;
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(server.held(), 256, "the client is bounded");
    server.release();
    assert.deepEqual(
      (await results).map((form) => form.id),
      ids,
    );
  },
);

test("the event loop turns while calls wait", { timeout: 60_000 }, async (t) => {
  const server = await holding(t, 32);
  const client = new Penbox(server.settings);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const results = Promise.all(Array.from({ length: 32 }, () => client.forms.get("a")));
  await server.all;
  let turns = 0;
  while (turns < 200) turns += await new Promise((resolve) => setImmediate(() => resolve(1)));
  server.release();
  await results;
  delay.disable();
  assert.ok(delay.max < 1e9, `the loop stood still for ${delay.max / 1e6} ms`);
});

test(
  "libuv's pool is not used: with one thread, 8 waiting calls do not hold up fs",
  { timeout: 60_000 },
  async () => {
    // The order is proved by events: readFile ends while all eight are held, and only then are they answered.
    const { stdout, stderr, code } = await runText(
      `
    import { readFile } from "node:fs/promises";
    import { createServer } from "node:http";
    import { Penbox } from "penbox";
    const held = [];
    const server = createServer(async (request, response) => {
      held.push(response);
      if (held.length < 8) return;
      console.log("held 8");
      await readFile("package.json");
      console.log("read");
      for (const each of held) each.end('{"id": "a"}');
    }).listen(0, "127.0.0.1", async () => {
      const client = new Penbox({ token: "pnbx_x", baseUrl: \`http://127.0.0.1:\${server.address().port}/v1\` });
      await Promise.all(Array.from({ length: 8 }, () => client.forms.get("a")));
      console.log("answered");
      await client.close();
      server.close();
    });`,
      { env: { UV_THREADPOOL_SIZE: "1" }, limit: 30_000 },
    );
    assert.deepEqual([stdout, stderr, code], ["held 8\nread\nanswered\n", "", 0]);
  },
);

test("close ends the calls in flight and waits for them", { timeout: 60_000 }, async (t) => {
  const server = await holding(t, 4);
  const client = new Penbox(server.settings);
  let ended = 0;
  const calls = Array.from({ length: 4 }, () =>
    failure(() => client.forms.create({ flow: { slug: "a" } })).finally(() => (ended += 1)),
  );
  const bystander = new Penbox(
    (await httpServer(t, (request, response) => reply(response, 200, { id: "b" }))).settings,
  );
  await server.all;
  await client.close();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(ended, 4);
  for (const error of await Promise.all(calls)) {
    assert.ok(error instanceof ClosedError, String(error));
    assert.equal(error.outcome, "unknown");
  }
  assert.equal((await bystander.forms.get("b")).id, "b", "other clients go on");
});

test("a client closes itself where the language can", async () => {
  const client = new Penbox({ token: "pnbx_x" });
  if (Symbol.asyncDispose === undefined) {
    assert.equal(Object.getOwnPropertySymbols(Penbox.prototype).length, 0);
    return;
  }
  await client[Symbol.asyncDispose]();
  assert.ok((await failure(() => client.forms.get("a"))) instanceof ClosedError);
});

test("a client that nobody holds finishes its calls and its lists", { timeout: 60_000 }, async () => {
  const { stdout, stderr, code } = await runText(
    `
    import { createServer } from "node:http";
    import { Penbox } from "penbox";
    const collect = async () => { for (let i = 0; i < 5; i += 1) { gc(); await new Promise((done) => setImmediate(done)); } };
    const server = createServer(async (request, response) => {
      await collect();
      const number = Number(new URL(request.url, "http://x").searchParams.get("page[number]"));
      response.end(number ? JSON.stringify({ meta: { total_pages: 3 }, data: [{ id: String(number) }] }) : '{"id": "a"}');
    }).listen(0, "127.0.0.1", async () => {
      const settings = { token: "pnbx_x", baseUrl: \`http://127.0.0.1:\${server.address().port}/v1\` };
      console.log((await new Penbox(settings).forms.get("a")).id);
      for await (const form of new Penbox(settings).forms.list({ page: { size: 1 } })) { await collect(); console.log(form.id); }
      await collect();
      server.close();
      server.closeIdleConnections();
    });`,
    { flags: ["--expose-gc"], limit: 30_000 },
  );
  assert.deepEqual([stdout, stderr, code], ["a\n1\n2\n3\n", "", 0]);
});
