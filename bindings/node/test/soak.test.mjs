// One client for long, and for very many at once: measured in a process of its own.
// PENBOX_TEST_REQUESTS is the number of requests, 20,000 unless set, PENBOX_TEST_CLIENTS that of clients made and closed, and
// of errors, 1,000 unless set.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { folder, home, run, sandbox, TOKEN } from "./support.mjs";

const REQUESTS = Number(process.env.PENBOX_TEST_REQUESTS ?? 20_000);
const CLIENTS = Number(process.env.PENBOX_TEST_CLIENTS ?? 1_000);
const MOST_KB = 2048;
// From where on the growth counts. V8 compiles what is called often, and what the heap and the threads take grows to its size;
// what a closed client had is freed when V8 collects it.
const FIRST = { requests: Math.max(REQUESTS / 10, 10_000), clients: CLIENTS / 2, errors: CLIENTS / 2 };
const CALLERS = 1_000;
const CALLERS_MOST_KB = 150 * 1024;
const skip = process.platform !== "linux" && "needs /proc";

/** Runs one of the programs; what it printed. */
async function measured(program, args, limit) {
  // V8 lets its young generation grow by tens of MB before it looks for what is not used, so that is kept small.
  const flags = ["--expose-gc", "--max-semi-space-size=1"];
  const path = join(home, "test", program);
  const { code, stdout, stderr } = await run([...flags, path, ...args.map(String)], { limit });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

test("a long life leaves nothing behind", { skip, timeout: 3_600_000 }, async (t) => {
  const { baseUrl, steer } = await sandbox(t);
  await steer("POST", "cases", { count: 30 });
  const started = performance.now();
  const counts = { requests: REQUESTS, clients: CLIENTS, errors: CLIENTS };
  const args = [baseUrl, TOKEN, JSON.stringify(counts), JSON.stringify(FIRST)];
  const { grown, before, after } = await measured("soak.mjs", args, 3_590_000);
  const took = (performance.now() - started) / 1000;
  for (const [what, count] of Object.entries(counts)) {
    const { resident, heap } = grown[what];
    console.log(
      `soak node: ${count} of ${count} ${what}, grown by ${resident} kB after the first ${FIRST[what]}, its objects by ${heap} kB`,
    );
    assert.ok(resident <= MOST_KB && heap <= MOST_KB, what);
  }
  assert.deepEqual(after, before);
  console.log(`soak node: ${took.toFixed(0)} s in all`);
});

test("a thousand callers at once each get their own", { skip, timeout: 600_000 }, async (t) => {
  const { baseUrl, steer } = await sandbox(t);
  const { ids } = await steer("POST", "forms", { count: CALLERS });
  const file = join(await folder(t), "ids.json");
  await writeFile(file, JSON.stringify(ids));
  const found = await measured("callers.mjs", [baseUrl, TOKEN, file], 590_000);
  const { right, before, peak, lag, turns } = found;
  console.log(
    `callers node: ${right} of ${3 * CALLERS} answers right from ${CALLERS} at once, peak ${peak} kB, ${before} kB of it before, ` +
      `event loop behind by ${lag.toFixed(1)} ms at most in 99 of 100 of ${turns}`,
  );
  assert.equal(right, 3 * CALLERS);
  assert.ok(peak <= CALLERS_MOST_KB, `${peak} kB`);
});
