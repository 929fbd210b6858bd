// The end of a process or a worker thread whose calls wait: for a thread, for their client's rate, for the pause after a 429.
import assert from "node:assert/strict";
import { test } from "node:test";
import { httpServer, reply, runText } from "./support.mjs";

const limits = { timeout: 120_000 };

/** Has calls of three clients queued, in a pause and on their way, then runs `end` once that is so. */
const waiting = ({ settings }, end) => `
  import { Penbox } from "penbox";
  const settings = ${JSON.stringify(settings)};
  const clients = [{ maxWorkers: 1 }, { rateLimit: "1/min", timeoutMs: 86_400_000 }, {}].map((more) => new Penbox({ ...settings, ...more }));
  const ended = [];
  const note = (error) => ended.push(error.code);
  const [queued, rated, paused] = clients;
  for (let i = 0; i < 20; i += 1) queued.forms.get("held").catch(note);
  // The one whose thread is first has the rate's only place.
  const places = Array.from({ length: 21 }, () => rated.forms.get("fine"));
  for (const place of places) place.catch(note);
  for (let i = 0; i < 20; i += 1) paused.forms.get("rest").catch(note);
  Promise.any(places).then(async () => { ${end} });`;

const ENDS = {
  "a process ends by itself after close": `
    await Promise.all(clients.map((client) => client.close()));
    console.log(ended.length, [...new Set(ended)].join());`,
  "a process that is told to": `console.log("60 closed"); process.exit(0);`,
};
const serveAll = (t) =>
  httpServer(t, ({ url }, response) => {
    if (url.endsWith("/rest")) reply(response, 429, { retryAfter: 30 });
    if (url.endsWith("/fine")) reply(response, 200, { id: "fine" });
  });

for (const [name, end] of Object.entries(ENDS)) {
  test(`calls that wait: ${name}`, limits, async (t) => {
    const { code, signal, stdout, stderr } = await runText(waiting(await serveAll(t), end), { limit: 20_000 });
    assert.deepEqual([code, signal, stdout, stderr], [0, null, "60 closed\n", ""]);
  });
}

for (const [name, end] of [
  ["terminated", `parentPort.postMessage("waits");`],
  ["that ends itself", `parentPort.postMessage("waits"); process.exit(1);`],
]) {
  test(`calls that wait: a worker thread ${name}`, limits, async (t) => {
    const code = `import { parentPort } from "node:worker_threads"; ${waiting(await serveAll(t), end)}`;
    const ended = await runText(
      `
      import { once } from "node:events";
      import { pathToFileURL } from "node:url";
      import { Worker } from "node:worker_threads";
      const code = ${JSON.stringify(code.replaceAll('"penbox"', JSON.stringify(import.meta.resolve("penbox"))))};
      const url = new URL("data:text/javascript," + encodeURIComponent(code));
      for (let round = 0; round < 10; round += 1) {
        const worker = new Worker(url, { execArgv: [] });
        const exit = once(worker, "exit");
        await once(worker, "message");
        await worker.terminate();
        await exit;
      }
      console.log("well");`,
      { limit: 60_000 },
    );
    assert.deepEqual([ended.code, ended.signal, ended.stdout, ended.stderr], [0, null, "well\n", ""]);
  });
}
