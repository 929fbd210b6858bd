// worker.terminate() in the middle of calls: their connections end, and everyone else goes on. PENBOX_TEST_EXITS is how many
// times, 20 unless set.
import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { Penbox } from "penbox";
import { gate, home, httpServer, reply, runText } from "./support.mjs";

const EXITS = Number(process.env.PENBOX_TEST_EXITS ?? 20);
const limits = { timeout: 60_000 + EXITS * 3_000 };
const file = join(home, "test", "in-worker.mjs");

test(
  "a worker with calls, a page that is fetched ahead and a rest before another attempt",
  limits,
  async (t) => {
    let [held, all, closed, rested] = [0, gate(), gate(), gate()];
    let open = 0;
    const server = await httpServer(t, (request, response) => {
      if (request.url.endsWith("/mine")) return reply(response, 200, { id: "mine" });
      if (request.url.endsWith("/rest")) {
        response.on("finish", rested.open);
        return reply(response, 429, { retryAfter: 60 });
      }
      if (/number(%5D|\])=1(&|$)/.test(request.url)) {
        const meta = { current_page: 1, total_pages: 2 };
        return reply(response, 200, { data: [{ id: "a" }], meta });
      }
      held += 1;
      open += 1;
      request.socket.once("close", () => {
        open -= 1;
        if (open === 0) closed.open();
      });
      if (held === 5) all.open();
    });
    const client = new Penbox(server.settings);
    for (let round = 0; round < EXITS; round += 1) {
      [held, all, closed, rested] = [0, gate(), gate(), gate()];
      const worker = new Worker(file, { workerData: { settings: server.settings, held: 4 } });
      await Promise.all([all.passed, rested.passed]);
      assert.equal(await worker.terminate(), 1);
      await closed.passed;
      assert.equal((await client.forms.get("mine")).id, "mine");
    }
  },
);

test(
  "the addon is loaded in workers only, and the process ends well",
  limits,
  async (t) => {
    const server = await httpServer(t, () => {});
    const ended = await runText(
      `
    import { once } from "node:events";
    import { Worker } from "node:worker_threads";
    for (let round = 0; round < ${EXITS}; round += 1) {
      const workerData = { settings: ${JSON.stringify(server.settings)}, held: 4 };
      const worker = new Worker(${JSON.stringify(file)}, { workerData, execArgv: [] });
      await once(worker, "message");
      await new Promise((resolve) => setTimeout(resolve, round % 20));
      await worker.terminate();
    }
    console.log("well");`,
      { limit: limits.timeout },
    );
    assert.deepEqual([ended.code, ended.signal, ended.stdout, ended.stderr], [0, null, "well\n", ""]);
  },
);

test(
  "a worker with files on their way",
  limits,
  async (t) => {
    let [moving, both, closed] = [0, gate(), gate()];
    let open = 0;
    const server = await httpServer(t, (request, response) => {
      if (request.url.endsWith("/mine")) return reply(response, 200, { id: "mine" });
      open += 1;
      request.socket.once("close", () => {
        open -= 1;
        if (open === 0) closed.open();
      });
      const count = () => {
        moving += 1;
        if (moving === 2) both.open();
      };
      if (request.method === "POST") return request.once("data", count);
      response.writeHead(200, { "content-length": 1 << 30 });
      const write = () => {
        while (response.write(Buffer.alloc(65_536)));
      };
      response.on("drain", write);
      write();
      count();
    });
    const client = new Penbox(server.settings);
    for (let round = 0; round < EXITS; round += 1) {
      [moving, both, closed] = [0, gate(), gate()];
      const worker = new Worker(file, { workerData: { settings: server.settings, moving: true } });
      await both.passed;
      assert.equal(await worker.terminate(), 1);
      await closed.passed;
      assert.equal((await client.attachments.get("mine")).id, "mine");
    }
  },
);
