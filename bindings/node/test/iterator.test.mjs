// What `for await` walks is what an async generator over the pages would be.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Penbox } from "penbox";
import { httpServer, reply } from "./support.mjs";

/** What the iterator of a list has to do, said by the language itself. */
async function* generator(list) {
  for await (const page of list.pages()) for (const item of page.data) yield item;
}

/** Pages of 0 to 3 items. While there are failures left, page 2 is answered with the next of these statuses. */
async function server(t, sizes, failures = []) {
  const asked = [];
  const facts = await httpServer(t, (request, response) => {
    const number = Number(new URL(request.url, "http://x").searchParams.get("page[number]"));
    asked.push(number);
    if (number === 2 && failures.length > 0) return reply(response, failures.shift(), { message: "no such page" });
    const data = Array.from({ length: sizes[number - 1] ?? 0 }, (_, at) => ({ id: `${number}-${at}` }));
    reply(response, 200, { data, meta: { current_page: number, total_pages: sizes.length } });
  });
  return { ...facts, asked };
}

/** Takes the steps, some at once, and says how each ended, in the order in which they ended. */
async function told(iterator, steps) {
  const ends = [];
  let waits = [];
  for (const [number, { step, wait }] of steps.entries()) {
    const done = {
      next: () => iterator.next(),
      return: () => iterator.return(number),
      throw: () => iterator.throw(new Error(`thrown ${number}`)),
    }[step]();
    const end = done.then(
      ({ value, done }) => ends.push([number, value?.id ?? value, done]),
      (error) => ends.push([number, error.message]),
    );
    waits.push(end);
    if (wait) {
      await Promise.all(waits);
      waits = [];
    }
  }
  await Promise.all(waits);
  return ends;
}

/** The same numbers below one on every run. */
function chances(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test("steps one after the other and at once end as a generator's do", async (t) => {
  const chance = chances(20261127);
  const kinds = new Set();
  for (let round = 0; round < 60; round += 1) {
    const sizes = Array.from({ length: 1 + Math.floor(chance() * 3) }, () => Math.floor(chance() * 4));
    const { settings } = await server(t, sizes);
    const client = new Penbox({ ...settings, maxAttempts: 1 });
    const steps = Array.from({ length: 12 }, () => {
      const step = chance() < 0.9 ? "next" : chance() < 0.5 ? "return" : "throw";
      return { step, wait: chance() < 0.5 };
    });
    const list = () => client.forms.list({ page: { size: 3 } });
    const seen = await told(list()[Symbol.asyncIterator](), steps);
    const expected = await told(generator(list()), steps);
    assert.deepEqual(seen, expected, JSON.stringify({ sizes, steps }));
    for (const [, value, done] of seen) kinds.add(`${typeof value} ${done}`);
    await client.close();
  }
  const all = ["number true", "string false", "string undefined", "undefined true"];
  assert.deepEqual([...kinds].sort(), all, "every kind of end was met");
});

test("an iterator can be iterated, and left", async (t) => {
  const { settings } = await server(t, [2, 2]);
  const iterator = new Penbox(settings).forms.list({ page: { size: 2 } })[Symbol.asyncIterator]();
  assert.equal(iterator[Symbol.asyncIterator](), iterator);
  const all = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype);
  assert.ok(Object.prototype.isPrototypeOf.call(all, iterator), "it has what all async iterators have");
  for await (const form of iterator) {
    assert.equal(form.id, "1-0");
    break;
  }
  assert.deepEqual(await iterator.next(), { value: undefined, done: true });
});

test("a step that comes when the first of several is over waits for all of them", async (t) => {
  for (const make of [(list) => list[Symbol.asyncIterator](), generator]) {
    for (let count = 2; count < 6; count += 1) {
      const { settings } = await server(t, [2, 1, 2, 3]);
      const iterator = make(new Penbox(settings).forms.list({ page: { size: 3 } }));
      const ids = [];
      const step = async () => {
        const place = ids.push(undefined) - 1;
        ids[place] = (await iterator.next()).value.id;
      };
      const first = step();
      const more = first.then(step);
      await Promise.all([first, more, ...Array.from({ length: count - 1 }, step)]);
      const all = ["1-0", "1-1", "2-0", "3-0", "3-1", "4-0", "4-1"];
      assert.deepEqual(ids, all.slice(0, count + 1));
    }
  }
});

test("what an iteration is left with may come later", async (t) => {
  const { settings } = await server(t, [1]);
  for (const make of [(list) => list[Symbol.asyncIterator](), generator]) {
    const iterator = make(new Penbox(settings).forms.list());
    assert.deepEqual(await iterator.return(Promise.resolve(7)), { value: 7, done: true });
    const other = make(new Penbox(settings).forms.list());
    await other.next();
    await assert.rejects(other.return(Promise.reject(new Error("late"))), /late/);
    assert.deepEqual(await other.next(), { value: undefined, done: true });
  }
});

const ways = [
  ["items", (list) => list[Symbol.asyncIterator](), ({ id }) => [id]],
  ["pages", (list) => list.pages(), ({ data }) => data.map(({ id }) => id)],
];

for (const [way, make, idsOf] of ways) {
  for (const ahead of [false, true]) {
    test(`${way}${ahead ? " ahead" : ""}: a page that failed is asked for again where that may help`, async (t) => {
      const { settings, asked } = await server(t, [2, 2, 1], [500, 503]);
      const list = new Penbox({ ...settings, maxAttempts: 1 }).forms.list({ page: { size: 2 } });
      const iterator = make(ahead ? list.prefetch() : list);
      const ids = [];
      const errors = [];
      for (;;) {
        try {
          // The loop that failed is gone on with by another one over the same iterator.
          for await (const step of iterator) ids.push(...idsOf(step));
          break;
        } catch (error) {
          errors.push([error.name, error.httpStatus, error.retryable]);
        }
      }
      assert.deepEqual(errors, [["ServerError", 500, true], ["ServerError", 503, true]]);
      assert.deepEqual(ids, ["1-0", "1-1", "2-0", "2-1", "3-0"]);
      assert.deepEqual(asked, [1, 2, 2, 2, 3]);
      assert.deepEqual(await iterator.next(), { value: undefined, done: true });
    });

    test(`${way}${ahead ? " ahead" : ""}: an error that stays is given again without a request`, async (t) => {
      const { settings, asked } = await server(t, [1, 1, 1], [404]);
      const list = new Penbox({ ...settings, maxAttempts: 1 }).forms.list({ page: { size: 1 } });
      const iterator = make(ahead ? list.prefetch() : list);
      assert.deepEqual(idsOf((await iterator.next()).value), ["1-0"]);
      const failed = await Promise.allSettled([iterator.next(), iterator.next(), iterator.next()]);
      for (const { reason } of failed) {
        assert.deepEqual([reason.name, reason.operation], ["NotFoundError", "forms.list"]);
      }
      assert.deepEqual(asked, [1, 2]);
      assert.deepEqual(await iterator.return(), { value: undefined, done: true });
      assert.deepEqual(await iterator.next(), { value: undefined, done: true });
    });
  }
}

test("what was collected before an error is kept", async (t) => {
  const { settings, asked } = await server(t, [2, 2, 1], [500, 500]);
  const list = new Penbox({ ...settings, maxAttempts: 1 }).forms.list({ page: { size: 2 } });
  for (const options of [{}, { limit: 4 }]) await assert.rejects(list.collect(options), /no such page/);
  const all = await list.collect();
  assert.deepEqual(all.map(({ id }) => id), ["1-0", "1-1", "2-0", "2-1", "3-0"]);
  assert.deepEqual(asked, [1, 2, 2, 2, 3], "no page twice");
  assert.equal((await list.collect({ limit: 1 })).length, 1);
});
