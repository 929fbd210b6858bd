// What becomes of an upload's source when the call fails, and what one at its end is worth.
import assert from "node:assert/strict";
import { createReadStream, openAsBlob } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import vm from "node:vm";
import { APITimeoutError, FileError, InvalidArgumentError, PayloadTooLargeError, Penbox } from "penbox";
import { failure, folder, httpServer, reply } from "./support.mjs";

const CONTENT = Buffer.from("the whole file");

/** A server that refuses uploads with the statuses given, then takes them; what it was sent is in `sent`. */
async function refusing(t, ...statuses) {
  const facts = await httpServer(t, async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString("latin1");
    facts.sent.push(body.split("\r\n\r\n")[1].split("\r\n--penbox-")[0]);
    const status = statuses.shift() ?? 201;
    reply(response, status, { id: "a1" }, { "retry-after": "0" });
  });
  facts.sent = [];
  return facts;
}

const name = "x.bin";

test("a path, bytes and a Blob can be given again after any refusal", async (t) => {
  const path = join(await folder(t), name);
  await writeFile(path, CONTENT);
  const sources = [path, CONTENT, new Blob([CONTENT]), new File([CONTENT], name), await openAsBlob(path)];
  for (const status of [400, 401, 413, 429, 500]) {
    for (const source of sources) {
      const server = await refusing(t, status);
      const client = new Penbox({ ...server.settings, maxAttempts: 1 });
      const error = await failure(() => client.attachments.upload(source, { name }));
      assert.deepEqual([error.httpStatus, error.retryable], [status, status === 429]);
      await client.attachments.upload(source, { name });
      assert.deepEqual(server.sent, [String(CONTENT), String(CONTENT)]);
      client.close();
    }
  }
});

test("a path and bytes are sent whole in every attempt", async (t) => {
  const path = join(await folder(t), name);
  await writeFile(path, CONTENT);
  for (const source of [path, CONTENT]) {
    const server = await refusing(t, 429, 429);
    const client = new Penbox(server.settings);
    await client.attachments.upload(source, { name });
    assert.deepEqual(server.sent, [String(CONTENT), String(CONTENT), String(CONTENT)]);
    client.close();
  }
});

test("a stream cannot be given again, and its error is not retryable", async (t) => {
  const path = join(await folder(t), name);
  await writeFile(path, CONTENT);
  async function* generator() {
    yield CONTENT;
  }
  const sources = [
    () => createReadStream(path),
    () => Readable.from([CONTENT]),
    () => new Blob([CONTENT]).stream(),
    () => ReadableStream.from([CONTENT]),
    () => generator(),
  ];
  for (const make of sources) {
    const server = await refusing(t, 429);
    const client = new Penbox(server.settings);
    const source = make();
    const error = await failure(() => client.attachments.upload(source, { name }));
    assert.deepEqual([error.httpStatus, error.retryable, error.attempts], [429, false, 1]);
    const again = await failure(() => client.attachments.upload(source, { name }));
    assert.ok(again instanceof InvalidArgumentError, String(again));
    assert.equal(server.sent.length, 1);
    await client.attachments.upload(make(), { name });
    assert.equal(server.sent[1], String(CONTENT));
    client.close();
  }
});

test("a stream that others have read to its end is refused, an empty one is a file of no bytes", async (t) => {
  const server = await refusing(t);
  const client = new Penbox(server.settings);
  const [stream, web] = [Readable.from([CONTENT], { autoDestroy: false }), new Blob([CONTENT]).stream()];
  await stream.toArray();
  for await (const chunk of web.values()) assert.ok(chunk.length > 0);
  for (const source of [stream, web]) {
    const error = await failure(() => client.attachments.upload(source, { name }));
    assert.ok(error instanceof InvalidArgumentError, String(error));
    assert.match(error.message, /make a new one|destroyed already/);
    assert.equal(error.outcome, "not_sent");
  }
  assert.equal(server.connections, 0);
  for (const source of [Buffer.alloc(0), new Blob([]), Readable.from([]), ReadableStream.from([])])
    await client.attachments.upload(source, { name });
  assert.deepEqual(server.sent, ["", "", "", ""]);
  client.close();
});

test("what can be walked anew can be given again", async (t) => {
  const server = await refusing(t, 413);
  const client = new Penbox(server.settings);
  const source = {
    async *[Symbol.asyncIterator]() {
      yield CONTENT;
    },
  };
  await failure(() => client.attachments.upload(source, { name }));
  await client.attachments.upload(source, { name });
  assert.deepEqual(server.sent, [String(CONTENT), String(CONTENT)]);
  client.close();
});

const ODD_RETURNS = {
  "gives a plain value": () => ({ done: true, value: undefined }),
  "gives nothing": () => {},
  "throws": () => {
    throw new Error("return failed");
  },
  "rejects": async () => {
    throw new Error("return failed");
  },
  "never settles": () => new Promise(() => {}),
};

/** An iterable of 64 KiB chunks whose iterator has these methods, too. */
const iterable = (methods) => ({
  [Symbol.asyncIterator]: () => ({
    next: async () => ({ done: false, value: new Uint8Array(65536) }),
    ...methods,
  }),
});

for (const [how, odd] of Object.entries(ODD_RETURNS))
  test(`an iterator whose return() ${how} changes no error`, async (t) => {
    const server = await httpServer(t, (request, response) => void reply(response, 413, { message: "no" }));
    const client = new Penbox(server.settings);
    const refused = await failure(() => client.attachments.upload(iterable({ return: odd }), { name }));
    assert.equal(refused.constructor, PayloadTooLargeError);
    const stalled = iterable({ return: odd, next: () => new Promise(() => {}) });
    const late = await failure(() => client.attachments.upload(stalled, { name }, { timeoutMs: 100 }));
    assert.equal(late.constructor, APITimeoutError);
  });

test("a destroy() or cancel() that throws changes no error", async (t) => {
  const server = await refusing(t);
  const client = new Penbox(server.settings);
  const fails = () => {
    throw new Error("mine");
  };
  const stream = Object.assign(new PassThrough(), { destroy: fails });
  const other = Object.assign(iterable({ next: () => new Promise(() => {}) }), { destroy: fails });
  const web = new Response(new ReadableStream({ cancel: fails, pull: () => new Promise(() => {}) }));
  for (const source of [stream, other, web]) {
    const error = await failure(() => client.attachments.upload(source, { name }, { timeoutMs: 100 }));
    assert.equal(error.constructor, APITimeoutError, String(error));
  }
});

const foreign = (text) => vm.runInNewContext(text, { text: String(CONTENT) });
const codes = "Array.from(text, (c) => c.charCodeAt(0))";
const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const shared = () => {
  const bytes = new Uint8Array(new SharedArrayBuffer(CONTENT.length));
  bytes.set(CONTENT);
  return bytes;
};
const BINARY = {
  "an ArrayBuffer": () => Uint8Array.from(CONTENT).buffer,
  "a SharedArrayBuffer": () => shared().buffer,
  "a view of one": shared,
  "a DataView": () => view(CONTENT),
  "a Uint16Array": () => new Uint16Array(Uint8Array.from(CONTENT).buffer),
  "a Uint8Array of another realm": () => foreign(`Uint8Array.from(${codes})`),
  "an ArrayBuffer of another realm": () => foreign(`Uint8Array.from(${codes}).buffer`),
};

test("bytes of every kind and realm are taken, whole and as chunks", async (t) => {
  for (const [kind, make] of Object.entries(BINARY)) {
    const server = await refusing(t);
    const client = new Penbox(server.settings);
    await client.attachments.upload(make(), { name });
    await client.attachments.upload(Readable.from([make()]), { name });
    await client.attachments.upload(ReadableStream.from([make()]), { name });
    assert.deepEqual(server.sent, Array(3).fill(String(CONTENT)), kind);
    assert.ok(new Uint8Array(make().buffer ?? make()).length > 0);
  }
});

/** A Blob as packages make it, and as jsdom does, without `stream`. */
class BlobOfAPackage {
  size = CONTENT.length;
  type = "application/pdf";
  name = name;
  stream() {
    return new Blob([CONTENT]).stream();
  }
  async arrayBuffer() {
    return Uint8Array.from(CONTENT).buffer;
  }
}

test("a Blob of a package is taken with its name and type, and again", async (t) => {
  const whole = new BlobOfAPackage();
  const old = Object.assign(new BlobOfAPackage(), { stream: () => Readable.from([CONTENT]) });
  const without = Object.assign(new BlobOfAPackage(), { stream: undefined });
  for (const blob of [whole, old, without]) {
    const server = await refusing(t);
    const client = new Penbox(server.settings);
    for (let time = 0; time < 2; time += 1) await client.attachments.upload(blob);
    assert.deepEqual(server.sent, [String(CONTENT), String(CONTENT)]);
  }
});

test("the body of a Response and of a Request is taken, with its type", async (t) => {
  const heads = [];
  const server = await httpServer(t, async (request, response) => {
    heads.push(Buffer.concat(await request.toArray()).toString("latin1"));
    reply(response, 201, { id: "a1" });
  });
  const client = new Penbox(server.settings);
  const headers = { "content-type": "image/png" };
  const request = () => new Request("http://x", { method: "POST", body: CONTENT, headers });
  // As node-fetch's: a body that is a stream of Node's, and a size that is a limit.
  const other = { body: Readable.from([CONTENT]), bodyUsed: false, size: 0, ok: true, status: 200, headers: new Headers(headers), arrayBuffer() {} };
  for (const source of [new Response(CONTENT, { headers }), request(), other]) {
    await client.attachments.upload(source, { name });
    assert.match(heads.at(-1), /content-type: image\/png\r\n\r\nthe whole file\r\n/i);
  }
  await client.attachments.upload(new Response(null), { name: "x.pdf" });
  assert.match(heads.at(-1), /content-type: application\/pdf\r\n\r\n\r\n/i);
  const read = request();
  await read.text();
  const form = new FormData();
  form.set("file", new Blob([CONTENT]), name);
  for (const [source, hint] of [
    [new Response("no such file", { status: 404 }), /response\.ok/],
    [new Request("http://x", { method: "POST", body: form }), /formData/],
    [read, undefined],
  ]) {
    const error = await failure(() => client.attachments.upload(source, { name }));
    assert.ok(error instanceof InvalidArgumentError, String(error));
    if (hint !== undefined) assert.match(error.hint, hint);
  }
  assert.equal(heads.length, 4);
});

test("a file stream has the name of its file", async (t) => {
  const path = join(await folder(t), "contract.pdf");
  await writeFile(path, CONTENT);
  const heads = [];
  const server = await httpServer(t, async (request, response) => {
    heads.push(Buffer.concat(await request.toArray()).toString("latin1"));
    reply(response, 201, { id: "a1" });
  });
  const client = new Penbox(server.settings);
  for (const given of [path, Buffer.from(path)]) await client.attachments.upload(createReadStream(given));
  await client.attachments.upload(createReadStream(path), { name: "b.txt" });
  assert.deepEqual(
    heads.map((head) => /filename="([^"]*)"/.exec(head)[1]),
    ["contract.pdf", "contract.pdf", "b.txt"],
  );
  // The path of a request is none of a file.
  const request = Object.assign(Readable.from([CONTENT]), { path: "/upload" });
  const error = await failure(() => client.attachments.upload(request));
  assert.match(error.message, /name/);
});

test("a stream that fails before its first chunk fails before anything is sent, with its error as the cause", async (t) => {
  const server = await refusing(t);
  const client = new Penbox(server.settings);
  const path = join(await folder(t), "missing");
  const sources = [
    () => createReadStream(path),
    () => Readable.from((async function* () {
      throw Object.assign(new Error("mine"), { code: "ENOENT" });
    })()),
    () => ReadableStream.from((async function* () {
      throw Object.assign(new Error("mine"), { code: "ENOENT" });
    })()),
    () => Object.assign(new Readable({ read() {} })).destroy(Object.assign(new Error("mine"), { code: "ENOENT" })),
  ];
  for (const make of sources.slice(0, 3)) {
    const error = await failure(() => client.attachments.upload(make(), { name }));
    assert.equal(error.constructor, FileError);
    assert.deepEqual([error.outcome, error.cause.code], ["not_sent", "ENOENT"]);
  }
  const failed = sources[3]().on("error", () => {});
  const error = await failure(() => client.attachments.upload(failed, { name }));
  assert.deepEqual([error.constructor, error.cause.code], [InvalidArgumentError, "ENOENT"]);
  assert.match(error.message, /has failed already/);
  const texts = await failure(() => client.attachments.upload(Readable.from(["text"]), { name }));
  assert.deepEqual([texts.outcome, texts.cause.constructor], ["not_sent", TypeError]);
  assert.equal(server.connections, 0);
});
