// worker_threads: each has its own clients.
import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { home, httpServer, reply } from "./support.mjs";

const file = join(home, "test", "in-worker.mjs");

test("workers make calls, many at a time, and end by themselves", { timeout: 60_000 }, async (t) => {
  const { settings } = await httpServer(t, (request, response) => reply(response, 200, { id: "a" }));
  const one = async () => {
    const worker = new Worker(file, { workerData: { settings } });
    const [[id], [code]] = await Promise.all([once(worker, "message"), once(worker, "exit")]);
    assert.deepEqual([id, code], ["a", 0]);
  };
  for (let round = 0; round < 3; round += 1) await Promise.all([one(), one(), one(), one()]);
});
