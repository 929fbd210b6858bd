// What becomes of an upload's source when the call fails, and what one at its end is worth.
import assert from "node:assert/strict";
import { createReadStream, openAsBlob } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { InvalidArgumentError, Penbox } from "penbox";
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
