// What a client and a process have done so far, as JavaScript sees it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { Penbox, processStats } from "penbox";
import { failure, httpServer, reply, sandbox, TOKEN } from "./support.mjs";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A server that answers with these in turn: status, JSON body, headers. */
async function answering(t, ...answers) {
  return httpServer(t, (request, response) => {
    request.resume();
    reply(response, ...(answers.shift() ?? [500, {}]));
  });
}

/** A token of this test's own. */
const another = (letter) => `pnbx_${letter.repeat(12)}${"a1B2c3D4e5F6".repeat(3)}`;

test("stats count calls, attempts, waits, bytes, times and errors", async (t) => {
  const form = [200, { id: "a" }];
  const slow = [429, { message: "slow down" }, { "retry-after": "1" }];
  const gone = [200, { data: [] }, { deprecation: "@1688169599", sunset: "Sun, 30 Jun 2024 23:59:59 GMT" }];
  const server = await answering(t, form, slow, form, [404, { message: "no" }], gone);
  const client = new Penbox({ ...server.settings, tokenName: "night job", rateLimit: "100/min" });
  const before = client.stats();
  assert.deepEqual([before.calls, before.lastUsedAt, before.pausedForMs, before.operations], [0, undefined, undefined, {}]);
  const started = Date.now();
  await client.forms.get("a");
  await client.forms.get("a");
  await failure(() => client.forms.get("b"));
  await client.caseTemplates.list().page(1);
  const stats = client.stats();
  const counts = ["clients", "calls", "attempts", "repeats", "rateLimited", "waits", "hookErrors", "alerts"];
  assert.deepEqual(counts.map((name) => stats[name]), [1, 4, 5, 1, 1, 1, 0, 0]);
  assert.ok(stats.waitedMs >= 1000 && stats.waitedMs < 60_000, `${stats.waitedMs} ms`);
  assert.ok(stats.bytesSent > 500 && stats.bytesReceived > 300, `${stats.bytesSent} ${stats.bytesReceived}`);
  assert.equal(stats.errors.not_found, 1);
  assert.equal(Object.values(stats.errors).reduce((sum, count) => sum + count), 1);
  const { calls, errors, totalMs, maxMs, histogram } = stats.operations["forms.get"];
  assert.deepEqual([calls, errors], [3, 1]);
  assert.ok(maxMs >= 1000 && totalMs >= maxMs, `${maxMs} of ${totalMs} ms`);
  assert.equal(histogram.reduce((sum, step) => sum + step.calls, 0), 3);
  assert.deepEqual([histogram[0].upToMs, histogram.at(-1).upToMs, histogram.length], [10, undefined, 11]);
  assert.deepEqual(Object.keys(stats.operations).sort(), ["caseTemplates.list", "forms.get"]);
  assert.deepEqual(stats.deprecations, [
    { operation: "caseTemplates.list", deprecated: "@1688169599", sunset: "Sun, 30 Jun 2024 23:59:59 GMT" },
  ]);
  assert.deepEqual([stats.rateLeft[0].requests, stats.rateLeft[0].windowMs], [100, 60_000]);
  assert.deepEqual([stats.tokenFingerprint, stats.tokenName], [client.auth.fingerprint, "night job"]);
  assert.match(stats.since, ISO);
  assert.match(stats.lastUsedAt, ISO);
  assert.ok(Date.parse(stats.lastUsedAt) >= started + 1000 && Date.parse(stats.lastUsedAt) <= Date.now());
  assert.ok(!JSON.stringify(stats).includes(TOKEN));
  // What was taken before stays, and nobody can change it.
  assert.equal(before.calls, 0);
  assert.throws(() => (stats.operations["forms.get"].histogram[0].calls = 5), TypeError);
  assert.throws(() => (stats.calls = 5), TypeError);
  await client.close();
  assert.equal(client.stats().calls, 4);
});

test("a pause after a 429 is told while it lasts", async (t) => {
  const server = await answering(t, [429, { message: "slow down" }, { "retry-after": "30" }]);
  const client = new Penbox({ ...server.settings, maxRetryWaitMs: 0 });
  await failure(() => client.forms.get("a"));
  const { pausedForMs } = client.stats();
  assert.ok(pausedForMs > 0 && pausedForMs <= 34_000, `${pausedForMs} ms`);
});

test("a process counts by token, over its clients, their ends and its workers", async (t) => {
  const { baseUrl } = await sandbox(t);
  const [first, second] = [another("P"), another("Q")];
  const of = (client) => processStats().find((one) => one.tokenFingerprint === client.auth.fingerprint);
  const [one, two, other] = [first, first, second].map((token) => new Penbox({ baseUrl, token }));
  for (const client of [one, two, two, other]) await failure(() => client.workspaces.list().page(1));
  assert.deepEqual([of(one).clients, of(one).calls, of(one).errors.authentication], [2, 3, 3]);
  assert.equal(of(other).calls, 1);
  assert.equal(processStats()[0].tokenFingerprint, other.auth.fingerprint);
  await two.close();
  assert.equal(of(one).calls, 3);
  const work = `
    const { workerData } = require("node:worker_threads");
    const { Penbox } = require("penbox");
    new Penbox(workerData).workspaces.list().page(1).catch(() => {});
  `;
  const worker = new Worker(work, { eval: true, workerData: { baseUrl, token: first } });
  await new Promise((ended) => worker.once("exit", ended));
  assert.equal(of(one).calls, 4);
  // The old token keeps what was counted for it; the client has all.
  other.setToken(first);
  await failure(() => other.workspaces.list().page(1));
  assert.deepEqual([of(one).calls, other.stats().calls], [5, 2]);
  assert.ok(Object.isFrozen(processStats()) && Object.isFrozen(of(one).operations));
});
