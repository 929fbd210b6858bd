// Hooks, as JavaScript has them.
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { CancelledError, ClosedError, InvalidArgumentError, Penbox } from "penbox";
import { failure, httpServer, reply, sandbox, TOKEN } from "./support.mjs";

/** A server that answers with these in turn, and then always that there is a form. It keeps the requests. */
async function answering(t, ...answers) {
  const seen = [];
  const server = await httpServer(t, (request, response) => {
    request.resume();
    seen.push(request);
    reply(response, ...(answers.shift() ?? [200, { id: "a" }]));
  });
  return Object.assign(server, { seen });
}

test("hooks see each attempt in its order, and add headers", async (t) => {
  const slow = [503, { message: "later" }, { "retry-after": "0", "x-request-id": "r-1" }];
  const server = await answering(t, slow);
  const lines = [];
  const client = new Penbox({
    ...server.settings,
    onRequest(event) {
      event.headers["x-trace-id"] = `t-${event.attempt}`;
      event.headers["x-none"] = undefined;
      lines.push(["request", event.operation, event.method, event.path, event.attempt]);
      assert.throws(() => (event.operation = "x"), TypeError);
    },
    onResponse(event) {
      const { attempt, httpStatus, requestId, error, outcome, retryAfterMs, elapsedMs } = event;
      lines.push(["response", attempt, httpStatus, requestId, error, outcome, retryAfterMs]);
      assert.ok(elapsedMs > 0 && elapsedMs < 30_000);
      assert.ok(Object.isFrozen(event));
    },
    onRetry: ({ attempt, error, reason, httpStatus, waitMs }) =>
      void lines.push(["retry", attempt, error, reason, httpStatus, waitMs >= 0]),
  });
  assert.equal((await client.forms.get("a")).id, "a");
  assert.deepEqual(lines, [
    ["request", "forms.get", "GET", "/forms/{id}", 1],
    ["response", 1, 503, "r-1", "server", "unknown", 0],
    ["retry", 1, "server", undefined, 503, true],
    ["request", "forms.get", "GET", "/forms/{id}", 2],
    ["response", 2, 200, undefined, undefined, undefined, undefined],
  ]);
  assert.deepEqual(server.seen.map(({ headers }) => headers["x-trace-id"]), ["t-1", "t-2"]);
  assert.equal(client.stats().hookErrors, 0);
});

/** Each way to make a call. */
const WAYS = {
  call: (client) => client.forms.get("a"),
  page: (client) => client.forms.list().page(1),
  items: async (client) => {
    for await (const _ of client.forms.list()) break;
  },
  request: (client) => client.request("GET", "/flows"),
  upload: (client) => client.attachments.upload(Buffer.from("x"), { name: "a.txt" }),
  download: (client) => client.responses.downloadPdf("a"),
  recorded: (client) => client.withResponse.forms.get("a"),
};

test("what onRequest throws ends the call and is its cause, whatever the call is", async (t) => {
  const server = await answering(t);
  const own = new RangeError("this program only reads");
  const client = new Penbox({
    ...server.settings,
    onRequest() {
      throw own;
    },
  });
  for (const [way, run] of Object.entries(WAYS)) {
    const error = await failure(() => run(client));
    assert.ok(error instanceof CancelledError, `${way}: ${error}`);
    assert.deepEqual([error.reason, error.outcome, error.attempts, error.cause === own], ["hook", "not_sent", 0, true], way);
    assert.match(error.message, /^onRequest ended the call: RangeError: this program only reads/, way);
  }
  assert.equal(server.seen.length, 0);
  assert.equal((await failure(() => client.check())).reason, "hook");
});

test("each call has the error of its own hook as the cause, and others go on", async (t) => {
  const server = await answering(t);
  let count = 0;
  const client = new Penbox({
    ...server.settings,
    onRequest() {
      count += 1;
      if (count % 2 === 0) throw { count };
    },
  });
  const ends = await Promise.allSettled(Array.from({ length: 40 }, () => client.forms.get("a")));
  const causes = ends.filter((end) => end.status === "rejected").map((end) => end.reason.cause.count);
  assert.deepEqual(causes.sort((a, b) => a - b), Array.from({ length: 20 }, (_, at) => 2 * at + 2));
  assert.equal(server.seen.length, 20);
});

test("a failure of onRequest before a repeat keeps what may have happened", async (t) => {
  const server = await httpServer(t, (request) => request.socket.destroy());
  const failing = ({ attempt }) => {
    if (attempt === 2) throw new Error("no more");
  };
  const client = new Penbox({ ...server.settings, onRequest: failing });
  const error = await failure(() => client.cases.create({ title: "x" }, { retryUnsafe: true }));
  assert.deepEqual([error.kind, error.reason, error.outcome, error.attempts], ["cancelled", "hook", "unknown", 1]);
});

test("what the other hooks throw changes nothing and is counted", async (t) => {
  const server = await answering(t, ...Array(5).fill([401, { message: "no" }]), [503, {}, { "retry-after": "0" }]);
  const fail = (what) => () => {
    throw what;
  };
  const evil = Object.create(Error.prototype, { toString: { value: fail(1) } });
  const client = new Penbox({ ...server.settings, onResponse: fail(evil), onRetry: fail(undefined), onAlert: fail("no") });
  for (let call = 0; call < 5; call++) assert.equal((await failure(() => client.forms.get("a"))).kind, "authentication");
  assert.equal((await client.forms.get("a")).id, "a");
  // Seven answers, one repeat, one alert.
  assert.deepEqual([client.stats().hookErrors, client.stats().alerts], [9, 1]);
});

test("an async hook is refused, and its rejection is nobody's", async (t) => {
  const server = await answering(t);
  const hook = async () => {
    throw new Error("never seen");
  };
  const error = await failure(() => new Penbox({ ...server.settings, onRequest: hook }).forms.get("a"));
  assert.ok(error instanceof CancelledError && error.cause instanceof TypeError, String(error));
  assert.equal(server.seen.length, 0);
  const client = new Penbox({ ...server.settings, onResponse: hook });
  assert.equal((await client.forms.get("a")).id, "a");
  assert.equal(client.stats().hookErrors, 1);
});

test("headers that a hook may not give", async (t) => {
  const server = await answering(t);
  const adding = (name, value) =>
    new Penbox({ ...server.settings, onRequest: ({ headers }) => void (headers[name] = value) });
  for (const [name, value] of [["Authorization", "x"], ["host", "x"], ["x y", "x"], ["x-a", "a\r\nb: c"], ["x-a", TOKEN]]) {
    const error = await failure(() => adding(name, value).forms.get("a"));
    assert.ok(error instanceof InvalidArgumentError, `${name}: ${error}`);
    assert.ok(!JSON.stringify(error).includes(TOKEN.slice(5)));
  }
  for (const value of [5, null, {}]) {
    const error = await failure(() => adding("x-a", value).forms.get("a"));
    assert.ok(error instanceof CancelledError && error.cause instanceof TypeError, String(error));
  }
  assert.equal(server.seen.length, 0);
});

test("a hook that throws the token shows it nowhere in the SDK's error", async (t) => {
  const server = await answering(t);
  const onRequest = () => {
    throw new Error(`it is ${TOKEN}`);
  };
  const error = await failure(() => new Penbox({ ...server.settings, onRequest }).forms.get("a"));
  assert.equal(error.reason, "hook");
  assert.ok(!`${error.message}${JSON.stringify(error)}${error.supportReport()}`.includes(TOKEN.slice(5)), error.message);
});

test("what is no function is a ConfigError", () => {
  for (const name of ["onRequest", "onResponse", "onRetry", "onAlert"]) {
    const refused = { code: "config", message: new RegExp(`the setting ${name} must be a function`) };
    for (const value of ["print", null, {}, 5]) assert.throws(() => new Penbox({ token: TOKEN, [name]: value }), refused);
    new Penbox({ token: TOKEN, [name]: undefined });
  }
  const known = /onRequest, onResponse, onRetry, onAlert, logger, logLevel\.$/;
  assert.throws(() => new Penbox({ token: TOKEN, onRequests: 5 }), { code: "config", hint: known });
});

test("a hook may call its client, also after an await: such a call runs no hooks", async (t) => {
  const server = await answering(t);
  const [inner, ran] = [[], []];
  const look = (event) => {
    ran.push(event.attempt);
    const twice = async () => {
      await client.forms.get("inner");
      await new Promise((done) => setTimeout(done, 1));
      await client.forms.list().page(1).catch(() => {});
      await client.withResponse.forms.get("inner");
    };
    inner.push(twice());
  };
  const client = new Penbox({ ...server.settings, rateLimit: "1000/s", maxWorkers: 1, onRequest: look, onResponse: look });
  await Promise.all([client.forms.get("a"), client.forms.get("b")]);
  await Promise.all(inner);
  assert.equal(ran.length, 4);
  assert.deepEqual([client.stats().calls, client.stats().hookErrors, server.seen.length], [14, 0, 14]);
});

test("a hook runs in the asynchronous context of its call", async (t) => {
  const server = await answering(t);
  const [span, seen] = [new AsyncLocalStorage(), []];
  const client = new Penbox({
    ...server.settings,
    onRequest: ({ headers }) => void (headers["x-span"] = span.getStore()),
    onResponse: () => void seen.push(span.getStore()),
  });
  await Promise.all(["a", "b", "c"].map((name) => span.run(name, () => client.forms.get(name))));
  const sent = server.seen.map(({ url, headers }) => [url.at(-1), headers["x-span"]]).sort();
  assert.deepEqual(sent, [["a", "a"], ["b", "b"], ["c", "c"]]);
  assert.deepEqual(seen.sort(), ["a", "b", "c"]);
  assert.equal(span.getStore(), undefined);
});

test("a hook may close its client", async (t) => {
  const server = await answering(t);
  const closing = [];
  const client = new Penbox({ ...server.settings, onRequest: () => void closing.push(client.close()) });
  const error = await failure(() => client.forms.get("a"));
  assert.ok(error instanceof ClosedError, String(error));
  assert.equal(error.outcome, "not_sent");
  await Promise.all(closing);
  assert.equal(server.seen.length, 0);
});

test("a signal that a hook aborts ends the call", async (t) => {
  const server = await answering(t);
  const ending = new AbortController();
  const client = new Penbox({ ...server.settings, onRequest: () => ending.abort("enough") });
  const error = await failure(() => client.forms.get("a", { signal: ending.signal }));
  assert.deepEqual([error.kind, error.cause, error.outcome], ["cancelled", "enough", "not_sent"]);
});

test("five refusals in a row call onAlert once", async (t) => {
  const { baseUrl } = await sandbox(t);
  const alerts = [];
  const client = new Penbox({ baseUrl, token: `pnbx_${"z9".repeat(24)}`, onAlert: (alert) => alerts.push({ ...alert }) });
  for (let call = 0; call < 8; call++) await failure(() => client.forms.get("a"));
  const message = "unusual use: 5 answers in a row refused the token (401 or 403)";
  assert.deepEqual(alerts, [{ rule: "refusals", count: 5, usual: undefined, message }]);
  assert.deepEqual([client.stats().unusual, client.stats().alerts], [["refusals"], 1]);
});

test("a worker that is terminated amid hooks leaves no thread that waits for it", async (t) => {
  const server = await answering(t);
  const threads = () => readFileSync("/proc/self/status", "utf8").match(/^Threads:\s+(\d+)/m)[1];
  const work = `
    const { parentPort, workerData } = require("node:worker_threads");
    const { Penbox } = require("penbox");
    const client = new Penbox({ ...workerData, onRequest() {
      parentPort.postMessage("in a hook");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    } });
    for (let call = 0; call < 20; call++) client.forms.get("a").catch(() => {});
  `;
  const before = Number(process.platform === "linux" ? threads() : 0);
  for (let round = 0; round < 5; round++) {
    const worker = new Worker(work, { eval: true, workerData: server.settings });
    await new Promise((said) => worker.once("message", said));
    await worker.terminate();
  }
  assert.equal(server.seen.length, 0);
  assert.equal((await new Penbox(server.settings).forms.get("a")).id, "a");
  if (process.platform !== "linux") return;
  // The pool's idle threads end after ten seconds; those that wait for a hook never would.
  const until = Date.now() + 60_000;
  while (Number(threads()) > before + 1 && Date.now() < until) await new Promise((done) => setTimeout(done, 100));
  assert.ok(Number(threads()) <= before + 1, `${threads()} threads, ${before} before`);
});

test("10,000 calls of hooks keep no memory", async (t) => {
  const server = await answering(t);
  server.seen.push = () => 0;
  const client = new Penbox({ ...server.settings, maxWorkers: 16, onRequest() {}, onResponse() {} });
  setFlagsFromString("--expose_gc");
  const gc = runInNewContext("gc");
  const rounds = async (count) => {
    for (let round = 0; round < count; round++) await Promise.all(Array.from({ length: 50 }, () => client.forms.get("a")));
    for (let turn = 0; turn < 3; turn++) {
      await new Promise((done) => setImmediate(done));
      gc();
    }
    return process.memoryUsage();
  };
  const before = await rounds(20);
  const after = await rounds(100);
  assert.equal(client.stats().calls, 6000);
  assert.equal(client.stats().hookErrors, 0);
  const grown = (after.heapUsed - before.heapUsed) / 1024;
  assert.ok(grown < 1024, `the heap grew by ${grown} KiB`);
  t.diagnostic(`heap ${Math.round(grown)} KiB, rss ${Math.round((after.rss - before.rss) / 1024)} KiB over 10,000 calls of hooks`);
});

test("the client of the page on monitoring", async (t) => {
  const server = await answering(t);
  const lines = [];
  const client = new Penbox({
    ...server.settings,
    logger: console,
    logLevel: "error",
    onRequest: (request) => {
      request.headers["x-trace-id"] = "4bf92f3577b34da6";
    },
    onResponse: ({ operation, httpStatus, elapsedMs }) => {
      lines.push(`${operation} ${httpStatus} in ${elapsedMs.toFixed(1)} ms`);
    },
    onRetry: ({ operation, waitMs, error }) => {
      lines.push(`${operation} again in ${waitMs} ms after ${error}`);
    },
    onAlert: ({ message }) => {
      lines.push(message);
    },
  });
  await client.forms.get("a");
  assert.match(lines[0], /^forms\.get 200 in \d+\.\d ms$/);
  assert.equal(server.seen[0].headers["x-trace-id"], "4bf92f3577b34da6");
});
