// The code of docs/files.md for servers and relays.
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { NotFoundError, Penbox } from "penbox";
import { failure, httpServer, reply } from "./support.mjs";

const BODY = Buffer.alloc(6 << 20, "x");
const name = "x.bin";

/** An API with one file, `a`, which takes uploads of it. */
async function api(t) {
  const facts = await httpServer(t, async (request, response) => {
    if (request.method === "GET" && !request.url.endsWith("/a")) return reply(response, 404, { message: "none" });
    if (request.method === "GET") return response.setHeader("content-type", "application/pdf").end(BODY);
    const sent = Buffer.concat(await request.toArray().catch(() => []));
    facts.sent = sent.includes(BODY);
    const id = facts.sent ? "copy" : "small";
    reply(response, facts.sent ? 201 : 413, { id });
  });
  return facts;
}

test("a handler answers its browser with the error of the upload", async (t) => {
  const client = new Penbox((await api(t)).settings);
  const { port } = await httpServer(t, async (request, response) => {
    try {
      const { id } = await client.attachments.upload(request, { name });
      response.writeHead(201).end(id);
    } catch (error) {
      response.writeHead(error.httpStatus ?? 500).end();
    }
  });
  const browse = (body) => fetch(`http://127.0.0.1:${port}/`, { method: "POST", body });
  const good = await browse(BODY);
  assert.deepEqual([good.status, await good.text()], [201, "copy"]);
  assert.equal((await browse("a few")).status, 413);
});

test("a relay ends on both sides when its download fails", async (t) => {
  const penbox = new Penbox((await api(t)).settings);
  const uploads = [];
  const attachments = {
    download: (...given) => penbox.attachments.download(...given),
    upload(...given) {
      uploads.push(penbox.attachments.upload(...given));
      return uploads.at(-1);
    },
  };
  const client = { attachments };
  const relay = async (id) => {
    const through = new PassThrough();
    const download = client.attachments.download(id, { to: through });
    download.catch((error) => through.destroy(error));
    const [, copy] = await Promise.all([download, client.attachments.upload(through, { name })]);
    return copy;
  };
  assert.deepEqual(await relay("a"), { id: "copy" });
  assert.equal((await failure(() => relay("missing"))).constructor, NotFoundError);
  // The upload has ended, too, by the download's error.
  assert.equal((await failure(() => uploads[1])).cause.constructor, NotFoundError);
});
