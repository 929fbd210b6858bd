// The pool beneath a client's calls: its bound is the client's own, what waits for a time holds no thread, and a call that waits
// for a thread ends by its limit, its signal and `close()`.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { APITimeoutError, CancelledError, ClosedError, Penbox } from "penbox";
import { failure, gate, httpServer, reply } from "./support.mjs";

const limits = { timeout: 120_000 };
/** Far above what is measured on an idle machine, so that a busy one fails no test. */
const LOOSE = 5_000;
const times = (count, make) => Array.from({ length: count }, (_, number) => make(number));
const turn = () => new Promise(setImmediate);

/** A server that answers what `answers` gives something for, and holds the rest. */
async function server(t, answers = () => undefined) {
  const waiters = [];
  const facts = await httpServer(t, (request, response) => {
    const given = answers(request, response);
    if (given !== undefined) return reply(response, ...given);
    request.resume();
    facts.held.push(response);
    for (const { count, open } of waiters) if (facts.held.length === count) open();
  });
  facts.held = [];
  /** Waits until so many requests are held at once. */
  facts.holds = (count) => {
    const { open, passed } = gate();
    if (facts.held.length >= count) open();
    waiters.push({ count, open });
    return passed;
  };
  facts.release = () => {
    for (const response of facts.held.splice(0)) reply(response, 200, { id: "held" });
  };
  return facts;
}

const healthy = (t) => server(t, () => [200, { id: "b" }]);

/** Starts calls; how many have ended, and their errors once all have. */
function begin(count, make) {
  const calls = { ended: 0 };
  const each = (number) => failure(() => make(number)).finally(() => (calls.ended += 1));
  calls.errors = Promise.all(times(count, each));
  return calls;
}

/** Another client's call ends while these are all on their way. */
async function goesOn(t, calls) {
  const other = new Penbox((await healthy(t)).settings);
  const before = calls.ended;
  const since = performance.now();
  assert.equal((await other.forms.get("b")).id, "b");
  t.diagnostic(`another client's call: ${(performance.now() - since).toFixed(1)} ms`);
  assert.equal(calls.ended, before);
  await other.close();
}

for (const [count, held] of [
  [64, 64],
  [500, 256],
]) {
  test(`${count} calls that hang hold no other client's`, limits, async (t) => {
    const hung = await server(t);
    const client = new Penbox(hung.settings);
    const calls = begin(count, () => client.forms.get("a"));
    await hung.holds(held);
    await goesOn(t, calls);
    assert.equal(calls.ended, 0);
    await client.close();
    await turn();
    assert.equal(calls.ended, count);
    const outcomes = { unknown: 0, not_sent: 0 };
    for (const error of await calls.errors) {
      assert.ok(error instanceof ClosedError, String(error));
      outcomes[error.outcome] += 1;
    }
    assert.deepEqual(outcomes, { unknown: held, not_sent: count - held });
  });
}

test("calls that wait for their client's rate hold no other client's", limits, async (t) => {
  let asked = 0;
  const hundred = gate();
  const first = await server(t, () => {
    asked += 1;
    if (asked === 100) hundred.open();
    return [200, { id: "a" }];
  });
  const client = new Penbox({ ...first.settings, rateLimit: "100/min" });
  let answered = 0;
  const all = gate();
  const calls = begin(170, async () => {
    await client.forms.get("a");
    answered += 1;
    if (answered === 100) all.open();
    throw new Error("answered");
  });
  await hundred.passed;
  await all.passed;
  await goesOn(t, calls);
  await client.close();
  const errors = await calls.errors;
  const waiting = errors.filter((error) => error instanceof ClosedError);
  assert.deepEqual([asked, waiting.length], [100, 70]);
  for (const error of waiting) assert.deepEqual([error.outcome, error.attempts], ["not_sent", 0]);
});

test("calls in the pause after a 429 hold no other client's", limits, async (t) => {
  const answered = gate();
  const limited = await server(t, (_, response) => {
    response.on("finish", answered.open);
    return [429, { statusCode: 429, message: "slow down", retryAfter: 30 }];
  });
  const client = new Penbox(limited.settings);
  const calls = begin(80, () => client.forms.get("a"));
  await answered.passed;
  await goesOn(t, calls);
  assert.equal(calls.ended, 0);
  await client.close();
  for (const error of await calls.errors) assert.ok(error instanceof ClosedError, String(error));
});

test("a call that waits for a thread ends by its limit, its signal and close", limits, async (t) => {
  const hung = await server(t);
  const client = new Penbox({ ...hung.settings, maxWorkers: 1 });
  const first = begin(1, () => client.forms.get("a"));
  await hung.holds(1);
  const ends = async (way, options) => {
    const since = performance.now();
    const error = await failure(() => client.forms.get("b", options));
    const took = performance.now() - since;
    t.diagnostic(`${way}: ${took.toFixed(1)} ms`);
    assert.ok(took < LOOSE, `${took} ms`);
    assert.deepEqual([error.outcome, error.attempts, error.operation], ["not_sent", 0, "forms.get"], String(error));
    return error;
  };
  const late = await ends("timeoutMs: 200", { timeoutMs: 200 });
  assert.ok(late instanceof APITimeoutError, String(late));
  assert.match(late.hint, /maxWorkers/);
  assert.match(late.hint, /timeoutMs/);
  const cancelled = await ends("AbortSignal.timeout(200)", { signal: AbortSignal.timeout(200) });
  assert.ok(cancelled instanceof CancelledError, String(cancelled));
  assert.equal(cancelled.cause.name, "TimeoutError");
  assert.equal(first.ended, 0);
  const closed = ends("close()", {});
  await turn();
  await client.close();
  assert.ok((await closed) instanceof ClosedError);
  assert.ok((await first.errors)[0] instanceof ClosedError);
  assert.equal(hung.held.length, 1, "nothing was sent of those that waited");
});

test("files that wait for a thread end the same way", limits, async (t) => {
  const hung = await server(t);
  const client = new Penbox({ ...hung.settings, maxWorkers: 1 });
  const first = begin(1, () => client.forms.get("a"));
  await hung.holds(1);
  for (const streams of [false, true]) {
    const source = () => (streams ? new PassThrough() : Buffer.from("x"));
    const into = () => (streams ? { to: new PassThrough() } : {});
    for (const [kind, options] of [
      [APITimeoutError, () => ({ timeoutMs: 200 })],
      [CancelledError, () => ({ signal: AbortSignal.timeout(200) })],
    ]) {
      const since = performance.now();
      const errors = await Promise.all([
        failure(() => client.attachments.upload(source(), { name: "x" }, options())),
        failure(() => client.attachments.download("x", into(), options())),
      ]);
      const took = performance.now() - since;
      assert.ok(took < LOOSE, `${took} ms`);
      for (const error of errors) {
        assert.ok(error instanceof kind, String(error));
        assert.deepEqual([error.outcome, error.attempts], ["not_sent", 0], String(error));
      }
    }
  }
  assert.equal(first.ended, 0);
  await client.close();
  assert.equal(hung.held.length, 1);
});

for (const [settings, held] of [
  [{}, 256],
  [{ maxWorkers: 512 }, 500],
  [{ maxWorkers: 3 }, 3],
]) {
  test(`of 500 calls ${held} are at the server at once with ${JSON.stringify(settings)}`, limits, async (t) => {
    const holding = await server(t);
    const client = new Penbox({ ...holding.settings, ...settings });
    let ended = 0;
    const calls = times(500, () => client.forms.get("a").finally(() => (ended += 1)));
    await holding.holds(held);
    await turn();
    assert.deepEqual([ended, holding.held.length], [0, held]);
    let left = 500;
    while (left > 0) {
      const now = Math.min(held, left);
      await holding.holds(now);
      assert.equal(holding.held.length, now);
      holding.release();
      left -= now;
    }
    for (const form of await Promise.all(calls)) assert.equal(form.id, "held");
    await client.close();
  });
}

/** Serves files of this size, takes any, and holds what is no file. */
function files(t, size) {
  const content = Buffer.alloc(size, "x");
  const taken = [];
  const settings = httpServer(t, (request, response) => {
    if (request.method !== "POST") return response.end(content);
    let bytes = 0;
    request.on("data", (chunk) => (bytes += chunk.length)).on("end", () => {
      taken.push(bytes);
      reply(response, 201, { id: "u" });
    });
  }).then((facts) => facts.settings);
  return { settings, taken };
}

for (const settings of [{}, { maxWorkers: 4 }]) {
  test(`90 uploads of what 90 downloads bring, with ${JSON.stringify(settings)}`, limits, async (t) => {
    const size = 300_000;
    const served = files(t, size);
    const client = new Penbox({ ...(await served.settings), ...settings });
    const streams = times(90, () => new PassThrough());
    const begun = streams.map((stream) => new Promise((resolve) => stream.once("readable", resolve)));
    const downloads = streams.map((to) => client.attachments.download("a", { to }));
    // All of them stand still, for nobody reads.
    await Promise.all(begun);
    const uploads = streams.map((stream) => client.attachments.upload(stream, { name: "x" }));
    for (const file of await Promise.all(downloads)) assert.equal(file.size, size);
    await Promise.all(uploads);
    assert.equal(served.taken.length, 90);
    for (const bytes of served.taken) assert.ok(bytes > size);
    await client.close();
  });
}

test("a download whose reader stopped holds its own call only", limits, async (t) => {
  const served = files(t, 4 << 20);
  const client = new Penbox({ ...(await served.settings), maxWorkers: 1 });
  const stopped = times(3, () => new PassThrough());
  const begun = stopped.map((stream) => new Promise((resolve) => stream.once("readable", resolve)));
  const calls = begin(3, (number) => client.attachments.download("a", { to: stopped[number] }));
  await Promise.all(begun);
  const silent = begin(1, () => client.attachments.upload(new PassThrough(), { name: "x" }));
  for (let round = 0; round < 3; round += 1) {
    const { size } = await client.attachments.download("a");
    assert.equal(size, 4 << 20);
  }
  assert.deepEqual([calls.ended, silent.ended], [0, 0]);
  await client.close();
  for (const error of [...(await calls.errors), ...(await silent.errors)])
    assert.ok(error instanceof ClosedError, String(error));
});

/** A server of a list of so many pages with one item each. `page` may hold one of them. */
function listed(t, pages, page = () => undefined) {
  const order = [];
  return server(t, ({ url }) => {
    const number = Number(new URL(url, "http://x").searchParams.get("page[number]"));
    if (number === 0) return undefined;
    order.push(number);
    const meta = { current_page: number, total_pages: pages };
    return page(number) ?? [200, { data: [{ id: `item-${number}` }], meta }];
  }).then((facts) => Object.assign(facts, { order }));
}

test("steps of one list at once are served in order", limits, async (t) => {
  const serving = await listed(t, 40);
  const client = new Penbox(serving.settings);
  const list = client.forms.list({ page: { size: 1 } });
  const wanted = times(40, (number) => number + 1);
  // Pages by their numbers share one pager, in which the later steps wait.
  const pages = await Promise.all(wanted.map((number) => list.page(number)));
  assert.deepEqual(pages.map((page) => page.data[0].id), wanted.map((number) => `item-${number}`));
  assert.deepEqual(serving.order.splice(0), wanted);
  for (const walk of [list[Symbol.asyncIterator](), list.pages()]) {
    const steps = await Promise.all(times(41, () => walk.next()));
    assert.deepEqual(
      steps.map(({ value }) => (value?.data?.[0] ?? value)?.id),
      [...wanted.map((number) => `item-${number}`), undefined],
    );
    assert.deepEqual(serving.order.splice(0), wanted);
  }
  await client.close();
});

test("a step that ended while it waited leaves the list where it was", limits, async (t) => {
  const serving = await listed(t, 3);
  const client = new Penbox({ ...serving.settings, maxWorkers: 1 });
  const walk = client.forms.list({ page: { size: 1 } }, { timeoutMs: 200 })[Symbol.asyncIterator]();
  assert.equal((await walk.next()).value.id, "item-1");
  const hung = client.forms.get("held");
  await serving.holds(1);
  for (let round = 0; round < 2; round += 1) {
    const error = await failure(() => walk.next());
    assert.ok(error instanceof APITimeoutError, String(error));
    assert.deepEqual([error.outcome, error.attempts], ["not_sent", 0]);
  }
  const controller = new AbortController();
  const aborted = client.forms.list({ page: { size: 1 } }, { signal: controller.signal });
  const steps = [failure(() => aborted.page(1)), failure(() => aborted.page(2))];
  await turn();
  controller.abort();
  for (const error of await Promise.all(steps)) {
    assert.ok(error instanceof CancelledError, String(error));
    assert.equal(error.outcome, "not_sent");
  }
  assert.deepEqual(serving.order, [1]);
  serving.release();
  assert.equal((await hung).id, "held");
  const left = [];
  for await (const form of walk) left.push(form.id);
  assert.deepEqual(left, ["item-2", "item-3"]);
  assert.deepEqual(serving.order, [1, 2, 3]);
  await client.close();
});

test("a step that waits for another one of its list counts its time from its own beginning", limits, async (t) => {
  const hung = await server(t);
  const client = new Penbox(hung.settings);
  const list = client.forms.list({}, { timeoutMs: 300 });
  const since = performance.now();
  const steps = await Promise.all(times(30, (number) => failure(() => list.page(number + 1))));
  const took = performance.now() - since;
  t.diagnostic(`30 steps of 300 ms: ${took.toFixed(1)} ms`);
  assert.ok(took < LOOSE, `${took} ms`);
  for (const error of steps) assert.ok(error instanceof APITimeoutError, String(error));
  assert.equal(hung.held.length, 1);
  await client.close();
});

test("200 calls that end at once do not wake the loop 200 times", limits, async (t) => {
  const holding = await server(t);
  // The addon itself, with a receiver that counts.
  const { Bridge } = createRequire(import.meta.url)("../penbox.node");
  const all = gate();
  const ended = new Set();
  let wakes = 0;
  const bridge = new Bridge((batch) => {
    wakes += 1;
    for (let at = 0; at < batch.length; at += 3) {
      const [ticket, kind, text] = batch.slice(at, at + 3);
      assert.deepEqual([kind, JSON.parse(text).id], [0, "held"]);
      ended.add(ticket);
    }
    if (ended.size === 200) all.open();
  });
  bridge.hold();
  const client = bridge.open(JSON.stringify(holding.settings), []);
  for (let ticket = 0; ticket < 200; ticket += 1)
    assert.equal(client.call(ticket, "forms.get", '{"id":"a"}', "", null), null);
  await holding.holds(200);
  holding.release();
  // Every answer has left for its socket. JavaScript stands still meanwhile, so that at least two calls end before it looks.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  await all.passed;
  t.diagnostic(`200 calls: ${wakes} wakes`);
  assert.ok(wakes < 200, `${wakes} wakes`);
  bridge.release();
  client.close();
});
