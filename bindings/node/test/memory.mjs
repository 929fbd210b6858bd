// Run by memory.test.mjs in a process of its own: moves files and tells by how much memory grew at most.
import { readFileSync } from "node:fs";
import { createReadStream, createWriteStream } from "node:fs";
import { Penbox } from "penbox";

const [baseUrl, token, source, target, way] = process.argv.slice(2);
const client = new Penbox({ baseUrl, token, timeoutMs: 300_000, attemptTimeoutMs: 300_000 });
const peak = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
const onProgress = () => {};

async function move(id) {
  const bytes = way === "path" ? `${source}-${id}` : createReadStream(`${source}-${id}`);
  await client.attachments.upload(bytes, { name: "a", onProgress });
  const to = way === "path" ? `${target}-${id}` : createWriteStream(`${target}-${id}`);
  const file = await client.attachments.download(id, { to, onProgress });
  return file.size;
}

await move("small");
const before = peak();
const size = await move("large");
console.log(JSON.stringify({ size, grown: peak() - before }));
