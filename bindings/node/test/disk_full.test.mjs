// A disk that takes no more: an error, and nothing left behind.
import assert from "node:assert/strict";
import { createWriteStream } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { FileError, Penbox } from "penbox";
import { failure, folder, home, httpServer, run } from "./support.mjs";

const SIZE = 600_000;
// No file may grow beyond 200 KiB: one write is short, the next one fails. Node ignores the signal that would end it.
const LIMIT = 'ulimit -f 400; exec "$0" "$@"';
const DOWNLOAD = `
  import { Penbox } from "penbox";
  const [settings, to, overwrite] = process.argv.slice(1);
  const client = new Penbox(JSON.parse(settings));
  await client.attachments.download("a", { to, overwrite: overwrite === "yes" }).catch(
    ({ name, outcome, retryable, message }) => console.log(JSON.stringify({ name, outcome, retryable, message })),
  );
`;

const files = (t) =>
  httpServer(t, (request, response) => {
    response.writeHead(200, { "content-type": "application/pdf", "content-length": SIZE });
    response.end(Buffer.alloc(SIZE, 7));
  });

async function limited(server, to, overwrite) {
  const script = [process.execPath, "--input-type=module", "-e", DOWNLOAD];
  const words = [JSON.stringify(server.settings), to, overwrite ? "yes" : "no"];
  const { code, stdout, stderr } = await run(["-c", LIMIT, ...script, ...words], { program: "sh", cwd: home });
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

test("nothing is left in a folder", async (t) => {
  const place = await folder(t);
  const { message, ...facts } = await limited(await files(t), place, false);
  assert.deepEqual(facts, { name: "FileError", outcome: "done", retryable: false });
  assert.match(message, /File too large/);
  assert.deepEqual(await readdir(place), []);
});

test("the old file is kept", async (t) => {
  const place = await folder(t);
  const path = join(place, "kept");
  await writeFile(path, "old");
  const { outcome } = await limited(await files(t), path, true);
  assert.equal(outcome, "done");
  assert.equal(await readFile(path, "utf8"), "old");
  assert.deepEqual(await readdir(place), ["kept"]);
});

test("a stream says why", async (t) => {
  const client = new Penbox((await files(t)).settings);
  const to = createWriteStream("/dev/full");
  const error = await failure(() => client.attachments.download("a", { to }));
  assert.equal(error.constructor, FileError);
  assert.equal(error.outcome, "done");
  assert.equal(error.cause.code, "ENOSPC");
});
