// Sources and targets that stall: the call's time, its signal and the client's close end it.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, createReadStream, openSync, constants } from "node:fs";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { test } from "node:test";
import { APITimeoutError, CancelledError, ClosedError, Penbox } from "penbox";
import { failure, folder, home, httpServer } from "./support.mjs";

const LIMIT = 300;
// The promise is 250 ms. A machine that runs other tests may need more, and a call that is not ended needs far more.
const SOON = 2000;
const WAYS = { timeout: APITimeoutError, signal: CancelledError, close: ClosedError };

/** Runs a call that stalls, and ends it in a way. Resolves with its error. */
async function ended(server, way, move) {
  const client = new Penbox(server.settings);
  const controller = new AbortController();
  const options = way === "timeout" ? { timeoutMs: LIMIT } : { signal: controller.signal };
  const begun = performance.now();
  const call = failure(() => move(client, options));
  if (way !== "timeout") {
    await new Promise((done) => setTimeout(done, LIMIT));
    if (way === "signal") controller.abort();
    else void client.close();
  }
  const error = await call;
  const took = performance.now() - begun - LIMIT;
  assert.ok(took < SOON, `${way}: ${took} ms`);
  assert.equal(error.constructor, WAYS[way], `${way}: ${error}`);
  await client.close();
  return error;
}

const never = () => new Promise(() => {});

async function pipe(t) {
  const path = join(await folder(t), "pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

const answering = (t) => httpServer(t, (request) => void request.resume());

test("a path of a pipe that gives nothing ends with its call", async (t) => {
  const server = await answering(t);
  for (const way of Object.keys(WAYS)) {
    const path = await pipe(t);
    const error = await ended(server, way, (client, options) => client.attachments.upload(path, {}, options));
    assert.deepEqual([error.outcome, error.phase], ["not_sent", way === "timeout" ? "send" : undefined]);
  }
  assert.equal(server.connections, 0);
});

const SOURCES = {
  "an iterator that yields nothing": async function* () {
    await never();
  },
  "an iterator that stops yielding": async function* () {
    yield Buffer.from("a few");
    await never();
  },
  "a stream": () => new PassThrough(),
  "a web stream": () => new ReadableStream({ pull: never }),
};

for (const [name, make] of Object.entries(SOURCES))
  test(`${name} ends with its call`, async (t) => {
    const server = await answering(t);
    for (const way of Object.keys(WAYS)) {
      const error = await ended(server, way, (client, options) =>
        client.attachments.upload(make(), { name: "a" }, options),
      );
      assert.ok(["not_sent", "unknown"].includes(error.outcome));
    }
  });

test("a read stream over a pipe ends with its call", async (t) => {
  const server = await answering(t);
  for (const way of Object.keys(WAYS)) {
    const path = await pipe(t);
    // Open for both it waits for nobody. Its close ends Node's own read, which no call can.
    const writer = openSync(path, constants.O_RDWR);
    const source = createReadStream(path);
    await ended(server, way, (client, options) => client.attachments.upload(source, { name: "a" }, options));
    closeSync(writer);
  }
});

test("process.stdin ends with its call", async (t) => {
  const server = await answering(t);
  const script = `
    import { Penbox } from "penbox";
    const client = new Penbox({ token: "pnbx_x", baseUrl: "${server.baseUrl}" });
    const ends = { timeout: {}, signal: {}, close: {} };
    const way = process.argv[1];
    const options = way === "timeout" ? { timeoutMs: ${LIMIT} } : way === "signal" ? { signal: AbortSignal.timeout(${LIMIT}) } : {};
    if (way === "close") setTimeout(() => client.close(), ${LIMIT});
    const begun = performance.now();
    try {
      await client.attachments.upload(process.stdin, { name: "a" }, options);
    } catch (error) {
      console.log(error.constructor.name, performance.now() - begun - ${LIMIT} < ${SOON});
    }
    process.exit();
  `;
  for (const [way, kind] of Object.entries(WAYS)) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, way], {
      cwd: home,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [said] = await once(child.stdout, "data");
    assert.equal(String(said), `${kind.name} true\n`);
    child.stdin.end();
  }
});

const TARGETS = {
  "a stream": () => new Writable({ write() {} }),
  "a web stream": () => new WritableStream({ write: never }),
};

for (const [name, make] of Object.entries(TARGETS))
  test(`${name} that takes nothing ends with its call`, async (t) => {
    const server = await httpServer(t, (request, response) => {
      response.setHeader("content-type", "application/pdf").end(Buffer.alloc(4 << 20));
    });
    for (const way of Object.keys(WAYS)) {
      const error = await ended(server, way, (client, options) =>
        client.attachments.download("a", { to: make() }, options),
      );
      assert.equal(error.outcome, "done");
    }
  });

const ENDINGS = {
  "a stream": () => new Writable({ write: (chunk, encoding, done) => done(), final() {} }),
  "a web stream": () => new WritableStream({ close: never }),
};

for (const [name, make] of Object.entries(ENDINGS))
  test(`${name} that takes everything but does not end, ends with its call`, async (t) => {
    const server = await httpServer(t, (request, response) => {
      response.setHeader("content-type", "application/pdf").end("the whole file");
    });
    for (const way of Object.keys(WAYS)) {
      const error = await ended(server, way, (client, options) =>
        client.attachments.download("a", { to: make() }, options),
      );
      assert.deepEqual([error.outcome, error.phase], ["done", way === "timeout" ? "body" : undefined]);
    }
  });

test("a target that is closed while it ends is a FileError", async (t) => {
  const server = await httpServer(t, (request, response) => {
    response.setHeader("content-type", "application/pdf").end("the whole file");
  });
  const client = new Penbox(server.settings);
  const mine = new Error("mine");
  for (const cause of [undefined, mine]) {
    const to = new Writable({ write: (chunk, encoding, done) => done(), final: () => void to.destroy(cause) });
    const error = await failure(() => client.attachments.download("a", { to }));
    assert.deepEqual([error.name, error.outcome], ["FileError", "done"]);
    if (cause !== undefined) assert.equal(error.cause, cause);
  }
  // A browser that is gone: its response is closed, and never finished.
  const handled = new Promise((resolve) => {
    void httpServer(t, async (request, response) => {
      response.end = () => void request.socket.destroy();
      resolve(await failure(() => client.attachments.download("a", { to: response })));
    }).then(({ port }) => fetch(`http://127.0.0.1:${port}/`).catch(() => {}));
  });
  assert.equal((await handled).name, "FileError");
});
