// The limits of files: their time as a whole, also while a call waits for a thread or for JavaScript, and their bytes in memory.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Penbox } from "penbox";
import { failure, folder, gate, httpServer, reply } from "./support.mjs";

const limits = { timeout: 120_000 };
/** Far above what is measured on an idle machine, so that a busy one fails no test. */
const LOOSE = 5_000;

/** The error of a call, which must come soon. */
async function soon(t, way, call) {
  const since = performance.now();
  const error = await failure(call);
  const took = performance.now() - since;
  t.diagnostic(`${way}: ${took.toFixed(1)} ms`);
  assert.ok(took < LOOSE, `${took} ms`);
  return error;
}

test("a file that waits for a thread ends by the limit for files", limits, async (t) => {
  const held = gate();
  const hung = await httpServer(t, (request) => (request.resume(), held.open()));
  const client = new Penbox({ ...hung.settings, maxWorkers: 1, fileTimeoutMs: 200 });
  const first = failure(() => client.forms.get("a"));
  await held.passed;
  for (const [way, call] of Object.entries({
    download: () => client.attachments.download("b"),
    upload: () => client.attachments.upload(Buffer.from("x"), { name: "x" }),
    "upload of a stream": () => client.attachments.upload(new Blob(["x"]).stream(), { name: "x" }),
  })) {
    const error = await soon(t, way, call);
    assert.deepEqual([error.kind, error.outcome, error.attempts], ["timeout", "not_sent", 0], String(error));
  }
  await client.close();
  await first;
});

test("a stream that does not move ends by the limit for files", limits, async (t) => {
  const serving = await httpServer(t, (request, response) => {
    if (request.method === "GET") return response.end(Buffer.alloc(4 << 20));
    request.resume().on("end", () => reply(response, 200, { id: "a" }));
  });
  const client = new Penbox({ ...serving.settings, fileTimeoutMs: 200, maxAttempts: 1 });
  const [pull, write] = [() => new Promise(() => {}), () => new Promise(() => {})];
  for (const [way, call] of Object.entries({
    upload: () => client.attachments.upload(new ReadableStream({ pull }), { name: "x" }),
    download: () => client.attachments.download("a", { to: new WritableStream({ write }) }),
  })) {
    const error = await soon(t, way, call);
    assert.equal(error.kind, "timeout", String(error));
  }
  await client.close();
});

test("a file in memory has a limit, and its error names what to do in JavaScript's words", async (t) => {
  const body = Buffer.alloc(1001, "x");
  const serving = await httpServer(t, (_, response) => response.end(body));
  const client = new Penbox({ ...serving.settings, maxDownloadBytes: 1000 });
  const error = await failure(() => client.attachments.download("a"));
  assert.deepEqual([error.kind, error.reason, error.outcome], ["response", "too_large", "done"]);
  assert.match(error.hint, /a file or a stream \(to\), or raise maxDownloadBytes\./);
  const to = join(await folder(t), "a");
  await client.attachments.download("a", { to });
  assert.deepEqual(await readFile(to), body);
  const wider = new Penbox({ ...serving.settings, maxDownloadBytes: 1001 });
  assert.deepEqual((await wider.attachments.download("a")).content, body);
});
