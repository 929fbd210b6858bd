// worker_threads: each has its own clients; one that is terminated in the middle of calls harms nobody.
import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { Penbox } from "penbox";
import { gate, home, httpServer, reply, runText } from "./support.mjs";

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

test(
  "a worker is terminated 20 times in the middle of calls; their connections end, everyone else goes on",
  { timeout: 120_000 },
  async (t) => {
    let [held, all, closed] = [0, gate(), gate()];
    let open = 0;
    const server = await httpServer(t, (request, response) => {
      if (request.url.endsWith("/mine")) return reply(response, 200, { id: "mine" });
      held += 1;
      open += 1;
      request.socket.once("close", () => {
        open -= 1;
        if (open === 0) closed.open();
      });
      if (held === 5) all.open();
    });
    const client = new Penbox(server.settings);
    for (let round = 0; round < 20; round += 1) {
      [held, all, closed] = [0, gate(), gate()];
      const worker = new Worker(file, { workerData: { settings: server.settings, held: 4 } });
      await all.passed;
      assert.equal(await worker.terminate(), 1);
      await closed.passed;
      assert.equal((await client.forms.get("mine")).id, "mine");
    }
  },
);

test(
  "the addon is loaded in workers only, terminated 20 times, and the process ends well",
  { timeout: 120_000 },
  async (t) => {
    const server = await httpServer(t, () => {});
    const ended = await runText(
      `
    import { once } from "node:events";
    import { Worker } from "node:worker_threads";
    for (let round = 0; round < 20; round += 1) {
      const workerData = { settings: ${JSON.stringify(server.settings)}, held: 4 };
      const worker = new Worker(${JSON.stringify(file)}, { workerData, execArgv: [] });
      await once(worker, "message");
      await new Promise((resolve) => setTimeout(resolve, round));
      await worker.terminate();
    }
    console.log("well");`,
      { limit: 90_000 },
    );
    assert.deepEqual([ended.code, ended.signal, ended.stdout, ended.stderr], [0, null, "well\n", ""]);
  },
);

test(
  "a worker is terminated 10 times while files are on their way; their connections end",
  { timeout: 120_000 },
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
    for (let round = 0; round < 10; round += 1) {
      [moving, both, closed] = [0, gate(), gate()];
      const worker = new Worker(file, { workerData: { settings: server.settings, moving: true } });
      await both.passed;
      assert.equal(await worker.terminate(), 1);
      await closed.passed;
      assert.equal((await client.attachments.get("mine")).id, "mine");
    }
  },
);
