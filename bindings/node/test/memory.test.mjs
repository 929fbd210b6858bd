// 256 MiB go in and out in constant memory.
import assert from "node:assert/strict";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { folder, home, httpServer, reply, run, TOKEN } from "./support.mjs";

const MIB = 1024 * 1024;
const sizes = { small: 32 * MIB, large: 256 * MIB };

// A stream's chunks are JavaScript's own until they are collected, so its measure is wider.
for (const [way, most] of [
  ["path", 8],
  ["stream", 64],
]) {
  test(
    `256 MiB by ${way} grow the process by less than ${most} MB`,
    { skip: process.platform !== "linux" && "needs /proc", timeout: 300_000 },
    async (t) => {
      const block = Buffer.alloc(MIB, "x");
      let uploaded = 0;
      const server = await httpServer(t, async (request, response) => {
        if (request.method === "POST") {
          for await (const chunk of request) uploaded += chunk.length;
          return reply(response, 200, { id: "a" });
        }
        const size = sizes[request.url.split("/").at(-1)];
        response.writeHead(200, { "content-length": size, "content-type": "text/plain" });
        for (let sent = 0; sent < size; sent += MIB) {
          if (!response.write(block)) await new Promise((resolve) => response.once("drain", resolve));
        }
        response.end();
      });
      const place = await folder(t);
      for (const [name, size] of Object.entries(sizes)) {
        const file = await open(join(place, `in-${name}`), "w");
        await file.truncate(size);
        await file.close();
      }
      const args = [
        join(home, "test", "memory.mjs"),
        server.baseUrl,
        TOKEN,
        join(place, "in"),
        join(place, "out"),
      ];
      const { code, stdout, stderr } = await run([...args, way], { limit: 280_000 });
      assert.equal(code, 0, stderr);
      const { size, grown } = JSON.parse(stdout);
      t.diagnostic(`grown by ${grown.toFixed(1)} MB`);
      assert.equal(size, sizes.large);
      assert.ok(uploaded > sizes.large + sizes.small);
      assert.ok(grown < most, `${grown} MB`);
    },
  );
}
