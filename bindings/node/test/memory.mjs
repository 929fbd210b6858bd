// Run by memory.test.mjs in a process of its own: moves a file in one way and tells by how much memory grew at most.
import { createReadStream, createWriteStream, openAsBlob, readFileSync } from "node:fs";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Penbox } from "penbox";

const [baseUrl, token, place, mib, name] = process.argv.slice(2);
// The largest file comes into memory, too.
const client = new Penbox({ baseUrl, token, maxDownloadBytes: 2 ** 32 });
const peak = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;

const from = (id) => `${place}/in-${id}`;
const to = (id) => `${place}/out-${id}`;
const up = (source) => client.attachments.upload(source, { name: "a", onProgress() {} });
const down = async (id, to) => {
  const file = await client.attachments.download(String(id), { to, onProgress() {} });
  if (file.size !== id * 1024 * 1024) throw new Error(`${file.size} bytes came`);
};
async function* pieces(id) {
  for (let given = 0; given < id * 16; given += 1) yield Buffer.alloc(64 * 1024);
}

const ways = {
  "up path": (id) => up(from(id)),
  "up file stream": (id) => up(createReadStream(from(id))),
  "up Blob": async (id) => up(await openAsBlob(from(id))),
  "up web stream": (id) => up(Readable.toWeb(createReadStream(from(id)))),
  "up generator": (id) => up(pieces(id)),
  "down path": (id) => down(id, to(id)),
  "down file stream": (id) => down(id, createWriteStream(to(id))),
  "down Writable": (id) => down(id, new Writable({ write: (chunk, encoding, done) => done() })),
  "down web stream": (id) => down(id, new WritableStream({ write() {} })),
  "down memory": (id) => down(id, undefined),
  "node alone": (id) => pipeline(createReadStream(from(id)), createWriteStream(to(id))),
};

// A small file first, so that what is made once is made.
await ways[name](32);
const before = peak();
const started = performance.now();
await ways[name](Number(mib));
console.log(JSON.stringify({ grown: peak() - before, seconds: (performance.now() - started) / 1000 }));
