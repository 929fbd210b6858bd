// Files: every kind of source and target, progress, cancelling, and streams that fail.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  APITimeoutError,
  CancelledError,
  ClosedError,
  FileError,
  InvalidArgumentError,
  NotFoundError,
  Penbox,
} from "penbox";
import { failure, folder, gate, httpServer, reply } from "./support.mjs";

const BYTES = randomBytes(3 * 1024 * 1024 + 17);
const SHA256 = createHash("sha256").update(BYTES).digest("hex");

/** A server that keeps what is uploaded and gives `BYTES` for every download. */
async function files(t) {
  const facts = await httpServer(t, async (request, response) => {
    facts.requests.push(request);
    if (request.method === "GET") {
      if (request.url.endsWith("/missing")) return reply(response, 404, { message: "no such file" });
      response.writeHead(200, {
        "content-type": "application/pdf",
        "content-length": BYTES.length,
        "content-disposition": 'attachment; filename="passport.pdf"',
      });
      return response.end(BYTES);
    }
    try {
      const body = Buffer.concat(await request.toArray());
      const boundary = /boundary="?([^";]+)/.exec(request.headers["content-type"])[1];
      const start = body.lastIndexOf("\r\n\r\n", body.indexOf(BYTES.subarray(0, 32))) + 4;
      facts.part = body.subarray(0, start).toString("latin1");
      facts.content = body.subarray(start, body.lastIndexOf(`\r\n--${boundary}--`));
      reply(response, 200, { id: "a1", name: "contract.pdf" });
    } catch {
      response.destroy();
    }
  });
  facts.requests = [];
  return facts;
}

async function* slices(size = 300_001) {
  for (let start = 0; start < BYTES.length; start += size) yield BYTES.subarray(start, start + size);
}

const web = () => ReadableStream.from(slices());

test("every kind of source arrives whole", async (t) => {
  const server = await files(t);
  const client = new Penbox(server.settings);
  const path = join(await folder(t), "contract.pdf");
  await writeFile(path, BYTES);
  const sources = [
    [path],
    [pathToFileURL(path)],
    [BYTES, { name: "contract.pdf" }],
    [new Uint8Array(BYTES), { name: "contract.pdf" }],
    [new Blob([BYTES]), { name: "contract.pdf" }],
    [createReadStream(path), { name: "contract.pdf" }],
    [Readable.from(slices(), { objectMode: false }), { name: "contract.pdf" }],
    [web(), { name: "contract.pdf" }],
    [slices(BYTES.length), { name: "contract.pdf", scope: "restricted" }],
  ];
  for (const given of sources) {
    const attachment = await client.attachments.upload(...given);
    assert.deepEqual(attachment, { id: "a1", name: "contract.pdf" });
    assert.ok(server.content.equals(BYTES), String(given[0]?.constructor?.name));
    assert.match(server.part, /filename="contract\.pdf"/);
    assert.match(server.part, /application\/pdf/);
  }
  assert.match(server.part, /restricted/);
  assert.equal(server.requests.length, sources.length);
});

test("every kind of target gets the whole file", async (t) => {
  const server = await files(t);
  const client = new Penbox(server.settings);
  const place = await folder(t);
  const facts = { name: "passport.pdf", contentType: "application/pdf", size: BYTES.length, sha256: SHA256 };

  const memory = await client.attachments.download("a");
  assert.ok(Buffer.isBuffer(memory.content) && memory.content.equals(BYTES));
  assert.ok(Object.isFrozen(memory));
  assert.deepEqual({ ...memory, content: undefined }, { ...facts, content: undefined });

  const path = join(place, "a.pdf");
  assert.deepEqual({ ...(await client.attachments.download("a", { to: path })) }, { path, ...facts });
  const url = await client.responses.downloadPdf("a", { to: pathToFileURL(join(place, "b.pdf")) });
  assert.equal(url.path, join(place, "b.pdf"));
  const inFolder = await client.signatures.download("a", { to: place });
  assert.equal(inFolder.path, join(place, "passport.pdf"));

  const stream = createWriteStream(join(place, "c.pdf"));
  const streamed = await client.attachments.downloadMerged(
    { ids: ["a", "b"], filename: "all" },
    { to: stream },
  );
  assert.deepEqual({ ...streamed }, facts);
  assert.ok(stream.writableFinished, "the stream is ended");
  assert.match(server.requests.at(-1).url, /ids=a(%2C|,)b/);

  const parts = [];
  const to = new WritableStream({ write: (chunk) => void parts.push(chunk) });
  await client.attachments.download("a", { to });
  assert.ok(Buffer.concat(parts).equals(BYTES));
  assert.equal(to.locked, false);
  for (const name of ["a.pdf", "b.pdf", "c.pdf", "passport.pdf"]) {
    assert.ok((await readFile(join(place, name))).equals(BYTES), name);
  }
  assert.equal(server.requests[0].headers["accept-encoding"], "identity");
});

test("an existing file is kept unless told otherwise, and nothing is sent", async (t) => {
  const server = await files(t);
  const client = new Penbox(server.settings);
  const path = join(await folder(t), "a.pdf");
  await writeFile(path, "mine");
  const error = await failure(() => client.attachments.download("a", { to: path }));
  assert.equal(error.constructor, FileError);
  assert.equal(error.outcome, "not_sent");
  assert.equal(server.connections, 0);
  assert.equal(await readFile(path, "utf8"), "mine");
  await client.attachments.download("a", { to: path, overwrite: true });
  assert.ok((await readFile(path)).equals(BYTES));
});

test("what fails leaves no file behind", async (t) => {
  const server = await files(t);
  const client = new Penbox(server.settings);
  const place = await folder(t);
  const missing = await failure(() => client.attachments.download("missing", { to: join(place, "a") }));
  assert.equal(missing.constructor, NotFoundError);
  const onProgress = () => false;
  const cancelled = await failure(() =>
    client.attachments.download("a", { to: join(place, "a"), onProgress }),
  );
  assert.equal(cancelled.constructor, CancelledError);
  assert.deepEqual(await readdir(place), []);
  const absent = await failure(() => client.attachments.upload(join(place, "nothing.pdf")));
  assert.equal(absent.constructor, FileError);
  assert.equal(absent.outcome, "not_sent");
});

test("progress is told in order, ends with the whole, and does not flood", async (t) => {
  const server = await files(t);
  const client = new Penbox(server.settings);
  for (const move of [
    (onProgress) => client.attachments.download("a", { onProgress }),
    (onProgress) => client.attachments.download("a", { onProgress, to: new PassThrough().resume() }),
    (onProgress) => client.attachments.upload(BYTES, { name: "a", onProgress }),
    (onProgress) => client.attachments.upload(new Blob([BYTES]), { name: "a", onProgress }),
    (onProgress) => client.attachments.upload(slices(), { name: "a", onProgress }),
  ]) {
    const told = [];
    const started = performance.now();
    await move((...args) => told.push(args));
    const most = (performance.now() - started) / 50 + 3;
    assert.ok(told.length <= most, `${told.length} calls`);
    const moved = told.map(([bytes]) => bytes);
    assert.deepEqual(
      moved,
      [...moved].sort((a, b) => a - b),
    );
    assert.equal(moved.at(-1), BYTES.length);
    for (const [, total] of told) assert.ok(total === BYTES.length || total === undefined);
  }
});

test("false from onProgress cancels in every direction; what it throws comes out as it is", async (t) => {
  const server = await files(t);
  const client = new Penbox(server.settings);
  const onProgress = () => false;
  const endless = async function* () {
    yield Buffer.alloc(10);
    await new Promise(() => {});
  };
  for (const move of [
    () => client.attachments.upload(BYTES, { name: "a", onProgress }),
    () => client.attachments.upload(endless(), { name: "a", onProgress }),
    () => client.attachments.download("a", { onProgress }),
    () => client.attachments.download("a", { onProgress, to: new PassThrough().resume() }),
    // Last or not: it cancels.
    () => client.attachments.upload(Buffer.from("x"), { name: "a", onProgress }),
  ]) {
    assert.equal((await failure(move)).constructor, CancelledError);
  }
  const mine = new RangeError("mine");
  const throws = () => {
    throw mine;
  };
  assert.equal(await failure(() => client.attachments.download("a", { onProgress: throws })), mine);
});

test("a stream that fails is a FileError with its error as the cause", async (t) => {
  const server = await files(t);
  const client = new Penbox(server.settings);
  const mine = new Error("mine");
  const broken = async function* () {
    yield BYTES.subarray(0, 100_000);
    throw mine;
  };
  const fails = () => {
    throw mine;
  };
  for (const move of [
    () => client.attachments.upload(broken(), { name: "a" }),
    () => client.attachments.upload(Readable.from(broken()), { name: "a" }),
    () => client.attachments.upload(ReadableStream.from(broken()), { name: "a" }),
    () =>
      client.attachments.download("a", {
        to: new Writable({ write: (chunk, encoding, done) => done(mine) }),
      }),
    () =>
      client.attachments.download("a", {
        to: new Writable({ final: (done) => done(mine), write: (c, e, done) => done() }),
      }),
    () => client.attachments.download("a", { to: new WritableStream({ write: fails }) }),
    () => client.attachments.download("a", { to: new WritableStream({ close: fails }) }),
  ]) {
    const error = await failure(move);
    assert.equal(error.constructor, FileError, String(error));
    assert.equal(error.cause, mine);
  }
  const texts = await failure(() => client.attachments.upload(Readable.from(["text"]), { name: "a" }));
  assert.equal(texts.constructor, FileError);
  assert.ok(texts.cause instanceof TypeError);
  assert.equal((await client.attachments.download("a")).sha256, SHA256, "the client goes on");
});

test("a stream that does not move within the call's time is an APITimeoutError with its phase", async (t) => {
  const server = await files(t);
  const client = new Penbox(server.settings);
  const options = { timeoutMs: 300 };
  const stuck = () => new Promise(() => {});
  const source = async function* () {
    yield BYTES.subarray(0, 1000);
    await stuck();
  };
  const late = [
    ["send", "unknown", () => client.attachments.upload(source(), { name: "a" }, options)],
    ["send", "not_sent", () => client.attachments.upload(new PassThrough(), { name: "a" }, options)],
    [
      "send",
      "unknown",
      () => client.attachments.upload(ReadableStream.from(source()), { name: "a" }, options),
    ],
    ["body", "done", () => client.attachments.download("a", { to: new Writable({ write() {} }) }, options)],
    [
      "body",
      "done",
      () => client.attachments.download("a", { to: new WritableStream({ write: stuck }) }, options),
    ],
  ];
  for (const [phase, outcome, move] of late) {
    const error = await failure(move);
    assert.equal(error.constructor, APITimeoutError, String(error));
    assert.deepEqual([error.phase, error.outcome], [phase, outcome]);
    assert.match(error.message, /within the call's time limit/);
  }
});

test("a slow target holds the download back, a fast source waits", async (t) => {
  const server = await files(t);
  const client = new Penbox(server.settings);
  const go = gate();
  let taken = 0;
  const slow = new Writable({
    highWaterMark: 1,
    async write(chunk, encoding, done) {
      taken += 1;
      await go.passed;
      done();
    },
  });
  const moved = [];
  const download = client.attachments.download("a", {
    to: slow,
    onProgress: (bytes) => void moved.push(bytes),
  });
  while (taken === 0) await new Promise(setImmediate);
  assert.ok(slow.writableLength <= 1024 * 1024 && (moved.at(-1) ?? 0) < BYTES.length);
  go.open();
  assert.equal((await download).sha256, SHA256);

  const held = gate();
  const stuck = await httpServer(t, (request) => void request.once("readable", () => held.open()));
  let given = 0;
  const source = async function* () {
    for (;;) {
      given += 1;
      yield Buffer.alloc(1024 * 1024);
    }
  };
  const other = new Penbox(stuck.settings);
  const upload = failure(() => other.attachments.upload(source(), { name: "a" }));
  await held.passed;
  const most = async (last) => {
    for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
    return given === last ? given : most(given);
  };
  assert.ok((await most(0)) < 64, `${given} MiB were read ahead`);
  await other.close();
  assert.equal((await upload).constructor, ClosedError);
});

test("a fast source is asked for no more once its call is over", async (t) => {
  const server = await files(t);
  const client = new Penbox(server.settings);
  let given = 0;
  const source = async function* () {
    // Without an end it would keep everything else from running, until the memory is full.
    for (; given < 1000; given += 1) yield BYTES.subarray(0, 64 * 1024);
  };
  const upload = failure(() => client.attachments.upload(source(), { name: "a" }));
  await Promise.resolve();
  await client.close();
  assert.equal((await upload).constructor, ClosedError);
  assert.ok(given < 100, `${given} chunks were taken`);
});

test("a source that never waits keeps nothing else from running", async (t) => {
  const server = await files(t);
  const client = new Penbox(server.settings);
  let given = 0;
  const source = async function* () {
    // Slower than the chunks are sent, so that there is always room, and too small for their size to tell.
    for (; given < 400; given += 1) {
      const end = performance.now() + 1;
      while (performance.now() < end);
      yield BYTES.subarray(0, 100);
    }
  };
  const fired = [];
  const timer = setInterval(() => fired.push(given), 1);
  try {
    await client.attachments.upload(source(), { name: "a" });
  } finally {
    clearInterval(timer);
  }
  const meanwhile = fired.filter((at) => at > 0 && at < 400);
  assert.ok(meanwhile.length >= 5, `a timer fired ${meanwhile.length} times meanwhile`);
});

test("closing the client ends a call whose stream does not move, and lets go of the stream", async (t) => {
  const server = await files(t);
  const client = new Penbox(server.settings);
  const source = new PassThrough();
  source.write("a");
  const upload = failure(() => client.attachments.upload(source, { name: "a" }));
  while (server.requests.length === 0) await new Promise(setImmediate);
  await client.close();
  assert.equal((await upload).constructor, ClosedError);
  assert.ok(source.destroyed);
});

const wrong = [
  ["no source", (client) => client.attachments.upload()],
  ["a number as source", (client) => client.attachments.upload(5)],
  ["an empty path", (client) => client.attachments.upload("")],
  ["another URL", (client) => client.attachments.upload(new URL("https://example.com/a.pdf"))],
  ["bytes without a name", (client) => client.attachments.upload(BYTES)],
  ["an unknown parameter", (client) => client.attachments.upload(BYTES, { name: "a", nam: "b" })],
  ["parameters that are text", (client) => client.attachments.upload(BYTES, "a")],
  [
    "onProgress that is no function",
    (client) => client.attachments.upload(BYTES, { name: "a", onProgress: 1 }),
  ],
  ["a target that is a number", (client) => client.attachments.download("a", { to: 5 })],
  ["a target that is null", (client) => client.attachments.download("a", { to: null })],
  ["a target that is empty", (client) => client.attachments.download("a", { to: "" })],
  ["a target with a NUL", (client) => client.attachments.download("a", { to: "a\0b" })],
  ["a path instead of { to }", (client) => client.attachments.download("a", "b.pdf")],
  ["an unknown member beside to", (client) => client.attachments.download("a", { overwrit: true })],
  ["overwrite that is no flag", (client) => client.attachments.download("a", { overwrite: 1 })],
  ["an empty id", (client) => client.attachments.download("")],
  ["ids that are missing", (client) => client.attachments.downloadMerged({})],
  ["an unknown option", (client) => client.attachments.download("a", {}, { timeout: 5 })],
];

for (const [name, work] of wrong) {
  test(`${name} is an InvalidArgumentError, and nothing is sent`, async (t) => {
    const server = await files(t);
    const error = await failure(() => work(new Penbox(server.settings)));
    assert.ok(error instanceof InvalidArgumentError, String(error));
    assert.equal(server.connections, 0);
  });
}
