// Chunks are freed once they were used where nobody else can have them, and nowhere else.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import fs, { createReadStream, createWriteStream } from "node:fs";
import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { test } from "node:test";
import { Penbox } from "penbox";
import { TOKEN, folder, httpServer, reply } from "./support.mjs";

const BYTES = randomBytes(2 * 1024 * 1024 + 17);

/** A client of a server that keeps what is uploaded and gives `BYTES`, and a file with them. */
async function moving(t) {
  const sent = [];
  const server = await httpServer(t, async (request, response) => {
    if (request.method === "GET") {
      response.writeHead(200, { "content-length": BYTES.length, "content-type": "text/plain" });
      return response.end(BYTES);
    }
    sent.push(Buffer.concat(await request.toArray()));
    reply(response, 200, { id: "a" });
  });
  const place = await folder(t);
  const path = join(place, "in");
  await writeFile(path, BYTES);
  return { client: new Penbox(server.settings), path, out: join(place, "out"), sent };
}

/** Node's `fs`, with functions that keep the buffers that go through them. */
function keeping(kept) {
  const keep =
    (name) =>
    (fd, buffers, ...rest) => {
      kept.push(...[buffers].flat());
      return fs[name](fd, buffers, ...rest);
    };
  return { ...fs, read: keep("read"), write: keep("write"), writev: keep("writev") };
}

test("a file stream's chunks are freed as they are used", async (t) => {
  const { client, path, out, sent } = await moving(t);
  const [read, write] = [t.mock.method(fs, "read"), t.mock.method(fs, "write")];
  await client.attachments.upload(createReadStream(path), { name: "a" });
  await client.attachments.download("a", { to: createWriteStream(out) });
  assert.ok(sent[0].includes(BYTES));
  assert.ok((await readFile(out)).equals(BYTES));
  const used = (calls) =>
    calls.map(({ arguments: [, buffer] }) => buffer).filter((it) => ArrayBuffer.isView(it));
  // The last read finds the end: what it was to fill was never handed over.
  assert.ok(
    read.mock.callCount() > 20 && used(read.mock.calls).filter((buffer) => buffer.length > 0).length < 3,
  );
  const written = used(write.mock.calls);
  assert.ok(written.every((buffer) => buffer.length === 0));
});

test("a file stream behaves as if it were read to its end", async (t) => {
  const { client, path, sent } = await moving(t);
  for (const options of [
    { start: 1000, end: 1_500_000 },
    { highWaterMark: 1024 * 1024 },
    { highWaterMark: 100 },
  ]) {
    const stream = createReadStream(path, options);
    const told = [];
    for (const name of ["open", "end", "close"]) stream.on(name, () => told.push(name));
    const closed = new Promise((resolve) => stream.once("close", resolve));
    await client.attachments.upload(stream, { name: "a" });
    await closed;
    const { start = 0, end = BYTES.length } = options;
    const expected = BYTES.subarray(start, end + 1);
    assert.ok(sent.at(-1).includes(expected));
    assert.deepEqual(told, ["open", "end", "close"]);
    assert.equal(stream.bytesRead, expected.length);
  }
});

test("whoever sees a source's chunks may keep them", async (t) => {
  const { client, path, sent } = await moving(t);
  const watched = (watch) => (kept) => {
    const stream = createReadStream(path);
    watch(stream, (chunk) => void kept.push(chunk));
    return stream;
  };
  const sources = {
    "a listener": watched((stream, keep) => stream.on("data", keep)),
    "a listener that comes late": watched((stream, keep) => {
      // The first chunks are gone by then; these are kept whole.
      stream.once("readable", () => setImmediate(() => stream.on("data", keep)));
    }),
    "push of the stream's own": watched((stream, keep) => {
      const { push } = stream;
      stream.push = (chunk) => {
        if (chunk !== null) keep(chunk);
        return push.call(stream, chunk);
      };
    }),
    "emit of the stream's own": watched((stream, keep) => {
      const { emit } = stream;
      stream.emit = (name, ...rest) => {
        if (name === "data") keep(rest[0]);
        return emit.call(stream, name, ...rest);
      };
    }),
    "fs of the stream's own": (kept) => createReadStream(path, { fs: keeping(kept) }),
    "a web stream of it": (kept) => {
      const [one, other] = Readable.toWeb(createReadStream(path)).tee();
      void other.pipeTo(new WritableStream({ write: (chunk) => void kept.push(chunk) }));
      return one;
    },
    "a generator": async function* (kept) {
      for await (const chunk of createReadStream(path)) {
        kept.push(chunk);
        yield chunk;
      }
    },
  };
  for (const [name, source] of Object.entries(sources)) {
    const kept = [];
    await client.attachments.upload(source(kept), { name: "a" });
    assert.ok(sent.at(-1).includes(BYTES), name);
    const whole = Buffer.concat(kept);
    assert.ok(kept.length > 0 && kept.every((chunk) => chunk.length > 0), name);
    if (name === "fs of the stream's own") assert.ok(whole.subarray(0, BYTES.length).equals(BYTES), name);
    else assert.ok(BYTES.subarray(-whole.length).equals(whole), name);
  }
});

test("a source that flows is whole, however long the call waits for its turn", async (t) => {
  const { path } = await moving(t);
  const through = () => createReadStream(path).pipe(new PassThrough());
  for (const [name, source] of Object.entries({ "a file": () => createReadStream(path), through })) {
    let sent;
    let held;
    const { baseUrl } = await httpServer(t, async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      if (request.method === "POST") sent = body;
      // The only worker waits for this answer, so nothing wants a chunk while a stream as long as the source passes.
      else await held;
      reply(response, 200, { id: "a" });
    });
    const client = new Penbox({ token: TOKEN, baseUrl, maxWorkers: 1 });
    let release;
    held = new Promise((resolve) => (release = resolve));
    const first = client.forms.get("a");
    const stream = source();
    const kept = [];
    stream.on("data", (chunk) => kept.push(chunk));
    const upload = client.attachments.upload(stream, { name: "a" });
    await finished(source().resume());
    release();
    await Promise.all([first, upload]);
    assert.ok(sent.includes(BYTES), name);
    assert.ok(Buffer.concat(kept).equals(BYTES), name);
    await client.close();
  }
});

test("a stream of which bytes have gone by is refused", async (t) => {
  const { client, path, sent } = await moving(t);
  const listened = createReadStream(path);
  await new Promise((resolve) => listened.once("data", resolve));
  listened.resume();
  const piped = createReadStream(path);
  piped.pipe(new PassThrough().resume());
  await new Promise((resolve) => piped.once("data", resolve));
  for (const stream of [listened, piped]) {
    const refused = client.attachments.upload(stream, { name: "a" });
    await assert.rejects(refused, { kind: "invalid_argument", message: /first bytes have gone by/, outcome: "not_sent" });
    // It goes on for who has it.
    await finished(stream);
  }
  assert.deepEqual(sent, []);
});

test("a Blob is as good as new after it was uploaded", async (t) => {
  const { client, path, sent } = await moving(t);
  class Own extends Blob {
    stream() {
      return new ReadableStream({ pull: (to) => (to.enqueue(BYTES.subarray()), to.close()) });
    }
  }
  for (const blob of [new Blob([BYTES]), await fs.openAsBlob(path), new Own([BYTES])]) {
    for (let time = 0; time < 2; time += 1) {
      await client.attachments.upload(blob, { name: "a" });
      assert.ok(sent.at(-1).includes(BYTES));
    }
    assert.ok(Buffer.from(await blob.arrayBuffer()).equals(BYTES));
  }
});

test("a target may keep what it is given", async (t) => {
  const { client, out } = await moving(t);
  const handle = await open(`${out}-handle`, "w");
  const targets = {
    "a Writable": (kept) => new Writable({ write: (chunk, encoding, done) => (kept.push(chunk), done()) }),
    "a PassThrough": (kept) => new PassThrough().on("data", (chunk) => void kept.push(chunk)),
    "a web stream": (kept) => new WritableStream({ write: (chunk) => void kept.push(chunk) }),
    "fs of the stream's own": (kept) => createWriteStream(`${out}-fs`, { fs: keeping(kept) }),
    "write of the stream's own": (kept) => {
      const stream = createWriteStream(`${out}-own`);
      const { write } = stream;
      stream.write = (chunk, ...rest) => (kept.push(chunk), write.call(stream, chunk, ...rest));
      return stream;
    },
    "a FileHandle's stream": (kept) => {
      const stream = handle.createWriteStream();
      stream.on("finish", () => kept.push(BYTES));
      return stream;
    },
  };
  for (const [name, target] of Object.entries(targets)) {
    const kept = [];
    await client.attachments.download("a", { to: target(kept) });
    assert.ok(Buffer.concat(kept).equals(BYTES), name);
  }
  for (const name of ["fs", "own", "handle"])
    assert.ok((await readFile(`${out}-${name}`)).equals(BYTES), name);
});
