// process.exit() in the middle of calls: the process ends with its own code, at once and without a word. PENBOX_TEST_EXITS is
// how many times, 20 unless set. And a process whose work is done ends without it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { httpServer, reply, runText } from "./support.mjs";

const EXITS = Number(process.env.PENBOX_TEST_EXITS ?? 20);
const limits = { timeout: 60_000 + EXITS * 3_000 };
const LIMIT = 20_000;

const start = ({ settings }) => `
  import { Writable } from "node:stream";
  import { Penbox } from "penbox";
  const settings = ${JSON.stringify(settings)};
  const client = new Penbox(settings);
  const none = () => {};
  const exit = () => {
    console.log("exits");
    process.exit(7);
  };
  const begin = () => {
    for (let i = 0; i < 8; i += 1) client.forms.get("held").catch(none);
    (async () => { for await (const form of client.forms.list().prefetch()) none(form); })().catch(none);
    // Of its own: a limit holds back every call of a client.
    new Penbox(settings).forms.get("rest").catch(none);
    const endless = async function* () { for (;;) yield Buffer.alloc(65_536); };
    client.attachments.upload(endless(), { name: "a", onProgress: none }).catch(none);
    const stuck = new Writable({ highWaterMark: 1, write: none });
    client.attachments.download("stuck", { to: stuck, onProgress: none }).catch(none);
  };`;

/** Answers what begins, and holds the rest: eight calls, a page that is fetched ahead, files on their way. */
const serve = (t) =>
  httpServer(t, (request, response) => {
    const name = request.url.split(/[/?]/).at(request.url.includes("?") ? -2 : -1);
    if (name === "rest") return reply(response, 429, { retryAfter: 60 });
    // A form, or a file, by what is asked for.
    if (name === "fine")
      return reply(response, 200, { id: "fine" }, { "content-type": request.headers.accept });
    if (name === "stuck") {
      response.writeHead(200, { "content-length": 1 << 30 });
      const write = () => {
        while (response.write(Buffer.alloc(65_536)));
      };
      response.on("drain", write);
      return write();
    }
    if (/number(%5D|\])=1(&|$)/.test(request.url)) {
      const meta = { current_page: 1, total_pages: 2 };
      return reply(response, 200, { data: [{ id: "a" }], meta });
    }
    if (request.method === "POST") request.resume();
  });

/** Runs a program; how it ended, and how long it went on after its last line. */
async function timed(text) {
  let said = 0;
  const ended = await runText(text, { limit: LIMIT, onLine: () => (said = performance.now()) });
  return { ended, took: performance.now() - said };
}

const WAYS = {
  "at any time": "begin(); setTimeout(exit, Math.random() * 20);",
  "after an answer": `begin(); client.forms.get("fine").then(exit);`,
  "amid what a file's progress calls": `begin(); client.attachments.download("fine", { onProgress: exit });`,
  "as the calls begin": "begin(); exit();",
};
for (const [name, way] of Object.entries(WAYS)) {
  test(`process.exit() ${name}`, limits, async (t) => {
    const server = await serve(t);
    for (let round = 0; round < EXITS; round += 2) {
      const both = [timed(`${start(server)}\n${way}`), timed(`${start(server)}\n${way}`)];
      for (const { ended, took } of await Promise.all(both)) {
        assert.deepEqual(ended, { code: 7, signal: null, timedOut: false, stdout: "exits\n", stderr: "" });
        assert.ok(took < 5_000, `${took} ms`);
      }
    }
  });
}

test("a process whose client is idle ends by itself within a second", limits, async (t) => {
  const server = await serve(t);
  const work = `
    await Promise.all([client.forms.get("fine"), client.attachments.download("fine"), client.forms.list().page(1)]);
    console.log("done");`;
  for (let round = 0; round < 5; round += 1) {
    const { ended, took } = await timed(start(server) + work);
    assert.deepEqual(ended, { code: 0, signal: null, timedOut: false, stdout: "done\n", stderr: "" });
    assert.ok(took < 1_000, `${took} ms`);
  }
});
