// Files of any size go in and out in constant memory. PENBOX_TEST_FILE_MIB is the file's size, 256 unless set.
import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { folder, home, httpServer, reply, run, TOKEN } from "./support.mjs";

const MIB = 1024 * 1024;
const SMALL = 32;
const LARGE = Number(process.env.PENBOX_TEST_FILE_MIB ?? 256);

// A stream that may keep its chunks leaves their memory to V8, which lets some of it wait before it looks. What Node does
// alone, from a file stream into a file stream, is measured to compare.
const [OURS, LEFT_TO_V8, ALONE] = [8, 32, 64];
const ways = {
  "up path": OURS,
  "up file stream": OURS,
  "up Blob": OURS,
  "up web stream": LEFT_TO_V8,
  "up generator": LEFT_TO_V8,
  "down path": OURS,
  "down file stream": OURS,
  "down Writable": LEFT_TO_V8,
  "down web stream": LEFT_TO_V8,
  "node alone": ALONE,
  // The file itself, once.
  "down memory": LARGE + OURS,
};

/** A server that counts what is uploaded, and sends as many MiB as a download's id says. */
async function files(t) {
  const block = Buffer.alloc(MIB, "x");
  const facts = await httpServer(t, async (request, response) => {
    if (request.method === "POST") {
      for await (const chunk of request) facts.uploaded += chunk.length;
      return reply(response, 200, { id: "a" });
    }
    const size = Number(request.url.split("/").at(-1)) * MIB;
    response.writeHead(200, { "content-length": size, "content-type": "text/plain" });
    for (let sent = 0; sent < size; sent += MIB) {
      if (!response.write(block)) await new Promise((resolve) => response.once("drain", resolve));
    }
    response.end();
  });
  facts.uploaded = 0;
  return facts;
}

for (const [way, most] of Object.entries(ways)) {
  test(
    `${way}: ${LARGE} MiB grow the process by less than ${most} MB`,
    { skip: process.platform !== "linux" && "needs /proc", timeout: 300_000 },
    async (t) => {
      const server = await files(t);
      const place = await folder(t);
      for (const size of [SMALL, LARGE]) {
        const file = await open(join(place, `in-${size}`), "w");
        await file.truncate(size * MIB);
        await file.close();
      }
      const program = join(home, "test", "memory.mjs");
      const args = [program, server.baseUrl, TOKEN, place, String(LARGE), way];
      const { code, stdout, stderr } = await run(args, { limit: 280_000 });
      assert.equal(code, 0, stderr);
      const { grown, seconds } = JSON.parse(stdout);
      t.diagnostic(`${way}: ${LARGE} MiB, grown by ${grown.toFixed(1)} MB in ${seconds.toFixed(1)} s`);
      if (way.startsWith("up")) assert.ok(server.uploaded > (LARGE + SMALL) * MIB);
      assert.ok(grown < most, `${grown} MB`);
    },
  );
}
