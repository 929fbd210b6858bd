// What becomes of a stream whose upload has failed: a browser gets its answer, a file is closed, a refused one stays as it was.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { InvalidArgumentError, Penbox } from "penbox";
import { failure, folder, httpServer, listen, reply } from "./support.mjs";

// More than the buffers of both ends hold, so that a sender that nobody reads has to wait.
const BODY = Buffer.alloc(12 << 20, "x");
const name = "x.bin";

/** An API that refuses each upload before it has read it. */
const refusing = (t, status = 413, headers = {}) =>
  httpServer(t, (request, response) => {
    reply(response, status, { message: "refused" }, headers);
    request.resume();
  });

/** An address that nobody listens at. */
async function nowhere(t) {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}/v1`;
}

/** Each way in which an upload fails: its error's kind, and what the handler calls. */
const FAILURES = {
  "an early 413": ["payload_too_large", async (t) => new Penbox((await refusing(t)).settings)],
  "a pause after a 429": [
    "rate_limit",
    async (t) => {
      const client = new Penbox({ ...(await refusing(t, 429, { "retry-after": "60" })).settings, maxRetryWaitMs: 0 });
      await failure(() => client.forms.get("a"));
      return client;
    },
    "not_sent",
  ],
  "a refused connection": [
    "connection",
    async (t) => new Penbox({ baseUrl: await nowhere(t), token: "pnbx_x", maxAttempts: 1 }),
    "not_sent",
  ],
  "a missing name": ["invalid_argument", async (t) => new Penbox((await refusing(t)).settings), "not_sent", {}],
  "a wrong parameter": [
    "invalid_argument",
    async (t) => new Penbox((await refusing(t)).settings),
    "not_sent",
    { name, scop: "public" },
  ],
  "a wrong option": [
    "invalid_argument",
    async (t) => new Penbox((await refusing(t)).settings),
    "not_sent",
    { name },
    { timeoutMs: -1 },
  ],
};

/** What a handler gets: the request itself, and the ways in which frameworks give it. */
const GIVEN = {
  "the request": (request) => request,
  "its web stream": (request) => Readable.toWeb(request),
  "a Request": (request) =>
    new Request("http://x", { method: "POST", body: Readable.toWeb(request), duplex: "half" }),
};

/** A server whose handler uploads what it is sent, and answers with the error's status. */
async function relaying(t, client, given, params = { name }, options = {}) {
  const facts = await httpServer(t, async (request, response) => {
    facts.errors.push(await failure(() => client.attachments.upload(given(request), params, options)));
    response.writeHead(422, { "x-kind": facts.errors.at(-1).kind }).end("the handler's answer");
  });
  facts.errors = [];
  return facts;
}

/** What a browser gets: it sends all of its body before it reads the answer. */
async function browse(port, agent) {
  const request = http.request({ port, host: "127.0.0.1", method: "POST", agent });
  const answered = once(request, "response");
  answered.catch(() => {});
  await new Promise((resolve, reject) => request.on("error", reject).end(BODY, resolve));
  const [response] = await answered;
  return [response.statusCode, String(Buffer.concat(await response.toArray()))];
}

for (const [way, [kind, make, outcome, params, options]] of Object.entries(FAILURES))
  for (const [what, given] of Object.entries(GIVEN)) {
    // A refused argument leaves the stream as it was. Node throws away what nobody has read of its own requests, and frameworks
    // what nobody has read of the web streams that they make.
    if (kind === "invalid_argument" && what !== "the request") continue;
    test(`${way}: the browser gets its answer, from ${what}`, { timeout: 60_000 }, async (t) => {
      const relay = await relaying(t, await make(t), given, params, options);
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      t.after(() => agent.destroy());
      assert.deepEqual(await browse(relay.port, agent), [422, "the handler's answer"]);
      assert.equal(relay.errors[0].kind, kind);
      if (outcome !== undefined) assert.equal(relay.errors[0].outcome, outcome);
      assert.deepEqual(await browse(relay.port, agent), [422, "the handler's answer"]);
      assert.equal(relay.connections, 1, "the connection is used again");
    });
  }

test("a browser that stalls gets its answer", async (t) => {
  const api = await httpServer(t, (request) => void request.resume());
  for (const [what, given] of Object.entries(GIVEN)) {
    const relay = await relaying(t, new Penbox(api.settings), given, { name }, { timeoutMs: 300 });
    const socket = net.connect(relay.port, "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\nthe beginning");
    const [bytes] = await once(socket, "data");
    assert.match(String(bytes), /^HTTP\/1\.1 422 /, what);
    assert.equal(relay.errors[0].kind, "timeout");
    socket.destroy();
  }
});

test("a request of HTTP/2 gets its answer, by its stream and by its request", async (t) => {
  const api = await refusing(t);
  const client = new Penbox(api.settings);
  for (const given of [(request) => request, (request) => request.stream]) {
    const relay = await listen(
      t,
      http2.createServer(async (request, response) => {
        const error = await failure(() => client.attachments.upload(given(request), { name }));
        response.writeHead(error.httpStatus).end("the handler's answer");
      }),
    );
    const session = http2.connect(`http://127.0.0.1:${relay.port}`);
    t.after(() => session.destroy());
    const request = session.request({ ":method": "POST", ":path": "/" });
    const answered = once(request, "response");
    // A session of Node's holds at most 10 MB.
    request.end(BODY.subarray(0, 4 << 20));
    const [headers] = await answered;
    assert.equal(headers[":status"], 413);
    assert.equal(String(Buffer.concat(await request.toArray())), "the handler's answer");
  }
});

test("a socket gets its answer", async (t) => {
  const client = new Penbox((await refusing(t)).settings);
  const relay = await listen(
    t,
    net.createServer({ allowHalfOpen: true }, async (socket) => {
      const error = await failure(() => client.attachments.upload(socket, { name }));
      socket.end(`refused: ${error.httpStatus}`);
    }),
  );
  const socket = net.connect(relay.port, "127.0.0.1");
  await new Promise((resolve, reject) => socket.on("error", reject).end(BODY, resolve));
  assert.equal(String(Buffer.concat(await socket.toArray())), "refused: 413");
});

test("a file of a form is read to its end, for its parser waits for that", async (t) => {
  const client = new Penbox((await refusing(t)).settings);
  // As busboy's: the parser goes on when the file asks for more.
  let given = 0;
  const file = new Readable({
    read() {
      given += 1;
      this.push(given <= 100 ? Buffer.alloc(64 * 1024) : null);
    },
  });
  file.truncated = false;
  const ended = once(file, "end");
  await failure(() => client.attachments.upload(file, { name }));
  await ended;
});

test("a stream of its own is destroyed: a file's, a child's output, a response, a Transform", async (t) => {
  const path = join(await folder(t), name);
  await writeFile(path, BODY);
  const other = await httpServer(t, (request, response) => void response.write(BODY));
  const child = spawn(process.execPath, ["-e", "setInterval(() => process.stdout.write('x'.repeat(65536)), 1)"]);
  t.after(() => child.kill());
  const response = new Promise((resolve) => http.get(`http://127.0.0.1:${other.port}/`, resolve));
  for (const way of [FAILURES["an early 413"], FAILURES["a pause after a 429"], FAILURES["a refused connection"]]) {
    const client = await way[1](t);
    const sources = [createReadStream(path), Readable.from([BODY, BODY]), createReadStream(path).pipe(new PassThrough())];
    if (way === FAILURES["an early 413"]) sources.push(child.stdout, await response);
    for (const source of sources) {
      await failure(() => client.attachments.upload(source, { name }));
      assert.ok(source.destroyed, source.constructor.name);
    }
  }
});

test("a web stream that stalls is cancelled after a while, and one of a Response at once", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const client = await FAILURES["a refused connection"][1](t);
  const cancels = [];
  const stream = (label) =>
    new ReadableStream({
      start: (to) => to.enqueue(Buffer.from("x")),
      cancel: () => void cancels.push(label),
    });
  await failure(() => client.attachments.upload(new Response(stream("response")), { name }));
  assert.deepEqual(cancels, ["response"]);
  await failure(() => client.attachments.upload(stream("stream"), { name }));
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  assert.deepEqual(cancels, ["response"]);
  t.mock.timers.tick(4999);
  await new Promise(setImmediate);
  assert.deepEqual(cancels, ["response"]);
  t.mock.timers.tick(1);
  await new Promise(setImmediate);
  assert.deepEqual(cancels, ["response", "stream"]);
});

test("a web stream without an end is read for at most 64 MiB, and cancelled", async (t) => {
  const client = new Penbox((await refusing(t)).settings);
  let given = 0;
  const cancelled = new Promise((resolve) => {
    const stream = new ReadableStream({ pull: (to) => (to.enqueue(Buffer.alloc(1 << 20)), void (given += 1)), cancel: resolve });
    void failure(() => client.attachments.upload(stream, { name }));
  });
  await cancelled;
  assert.ok(given >= 64 && given < 80, `${given} MiB were read`);
});

test("a refused argument leaves a stream as it was, and it can be given again", async (t) => {
  const sent = [];
  const api = await httpServer(t, async (request, response) => {
    sent.push(Buffer.concat(await request.toArray()).toString("latin1"));
    reply(response, 201, { id: "a1" });
  });
  const client = new Penbox(api.settings);
  const path = join(await folder(t), name);
  await writeFile(path, "the whole file");
  const bytes = Buffer.from("the whole file");
  async function* generator() {
    yield bytes;
  }
  for (const source of [createReadStream(path), Readable.from([bytes]), ReadableStream.from([bytes]), generator(), new Blob([bytes])]) {
    for (const [params, options] of [[{}], [{ name, scop: "a" }], [{ name: "" }], [{ name }, { timeoutMs: -1 }], [{ name, onProgress: 1 }]]) {
      // A file stream has a name of its own.
      if (params.name === undefined && source.path !== undefined) continue;
      const error = await failure(() => client.attachments.upload(source, params, options));
      assert.ok(error instanceof InvalidArgumentError, String(error));
    }
    if (source instanceof Readable) {
      const listeners = ["error", "readable", "end", "close"].map((event) => source.listenerCount(event));
      const fresh = source.path === undefined ? Readable.from([]) : createReadStream(path);
      assert.deepEqual(listeners, ["error", "readable", "end", "close"].map((event) => fresh.listenerCount(event)));
      assert.equal(source.readableDidRead, false);
      fresh.destroy();
    }
    await client.attachments.upload(source, { name });
    assert.match(sent.at(-1), /\r\n\r\nthe whole file\r\n/);
  }
  assert.equal(sent.length, 5);
});
