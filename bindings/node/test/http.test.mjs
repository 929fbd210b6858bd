// Requests of the caller's own, the HTTP side of results, and kept answers, as JavaScript sees them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { InvalidArgumentError, NotFoundError, Penbox, ResponseHeaders } from "penbox";
import { failure, httpServer, TOKEN } from "./support.mjs";

/** A server that answers with these in turn: status, JSON body, headers. It keeps the requests. */
async function answering(t, ...answers) {
  const requests = [];
  const server = await httpServer(t, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    requests.push({ method: request.method, url: request.url, headers: request.headers, body });
    const [status, json, headers = {}] = answers[requests.length - 1] ?? [500, {}];
    response.writeHead(status, headers);
    response.end(typeof json === "string" ? json : JSON.stringify(json));
  });
  return Object.assign(server, { seen: requests });
}

const FORM = { id: "a" };

test("a request is JSON of any kind, or null", async (t) => {
  const server = await answering(t, [200, { data: [{ slug: "a" }] }], [204, undefined], [201, [1]]);
  const client = new Penbox(server.settings);
  const flows = await client.request("GET", "/flows", { query: { "page[size]": 5 } });
  assert.deepEqual(flows, { data: [{ slug: "a" }] });
  assert.equal(await client.request("DELETE", "/requests/a"), null);
  const parts = { body: { flow: { slug: "x" }, note: null }, headers: new Headers({ "X-A": "1" }) };
  assert.deepEqual(await client.request("post", "requests", parts), [1]);
  assert.deepEqual(
    server.seen.map(({ method, url }) => `${method} ${url}`),
    ["GET /v1/flows?page%5Bsize%5D=5", "DELETE /v1/requests/a", "POST /v1/requests"],
  );
  assert.deepEqual(JSON.parse(server.seen[2].body), parts.body);
  assert.equal(server.seen[2].headers["x-a"], "1");
});

test("a request that may lead elsewhere is refused, and nothing is sent", async (t) => {
  const server = await answering(t);
  const client = new Penbox(server.settings);
  for (const path of ["https://evil.example/x", "//evil.example", "/a/../b", "/a\r\nb", "/requests/", "", undefined, 5]) {
    const error = await failure(() => client.request("GET", path));
    assert.ok(error instanceof InvalidArgumentError, `${path}: ${error}`);
    assert.deepEqual([error.operation, error.outcome], ["request", "not_sent"]);
  }
  for (const parts of [{ headers: { Authorization: "x" } }, { safe: 1 }, { query: [1] }, { quary: {} }, 5]) {
    const error = await failure(() => client.request("POST", "/flows", parts));
    assert.ok(error instanceof InvalidArgumentError, String(error));
    assert.deepEqual([error.operation, error.outcome], ["request", "not_sent"], error.message);
  }
  for (const options of [{ timeoutMs: "5" }, { signal: 5 }, { headers: 5 }, 5]) {
    const error = await failure(() => client.request("POST", "/flows", {}, options));
    assert.ok(error instanceof InvalidArgumentError, String(error));
    assert.equal(error.operation, "request", error.message);
  }
  assert.equal(server.seen.length, 0);
});

test("safe says what is repeated", async (t) => {
  const down = [503, {}, { "retry-after": "0" }];
  const server = await answering(t, down, [200, []], down);
  const client = new Penbox({ ...server.settings, maxAttempts: 2 });
  assert.deepEqual(await client.request("POST", "/search", { body: {}, safe: true }), []);
  const error = await failure(() => client.request("POST", "/search", { body: {} }));
  assert.deepEqual([error.attempts, error.path, server.seen.length], [1, "/search", 3]);
});

test("a result has its HTTP side", async (t) => {
  const headers = { "x-request-id": "r1", "set-cookie": ["a=1", "b=2"], "x-echo": `is ${TOKEN}` };
  const server = await answering(t, [503, {}, { "retry-after": "0" }], [200, FORM, headers], [201, FORM]);
  const client = new Penbox(server.settings);
  const answer = await client.withResponse.forms.get("a");
  assert.deepEqual(answer.data, FORM);
  assert.deepEqual([answer.status, answer.requestId, answer.attempts], [200, "r1", 2]);
  assert.ok(answer.elapsedMs > 0 && answer.elapsedMs < 60_000);
  assert.deepEqual([answer.fromCache, answer.ageMs], [false, undefined]);
  assert.ok(answer.headers instanceof ResponseHeaders);
  assert.equal(answer.headers.get("X-Request-ID"), "r1");
  assert.deepEqual(answer.headers.getAll("Set-Cookie"), ["a=1", "b=2"]);
  assert.equal(answer.headers.get("x-echo"), "is pnbx_***");
  assert.ok(!inspect(answer).includes("a=1") && !JSON.stringify(answer).includes("a=1"));
  const created = await client.withResponse.forms.create({ flow: { slug: "x" } });
  assert.equal(created.status, 201);
});

test("every kind of call has it", async (t) => {
  const meta = (number) => ({ current_page: number, total_pages: 2, total_count: 2 });
  const server = await answering(
    t,
    [201, { id: "u" }],
    [200, "%PDF", { "content-type": "application/pdf", "content-length": 4 }],
    [200, { data: [{ id: "p1" }], meta: meta(1) }, { "x-page": "1" }],
    [200, { data: [{ id: "p2" }], meta: meta(2) }, { "x-page": "2" }],
    [200, { data: [{ id: "p2" }], meta: meta(2) }],
    [204, undefined],
  );
  const { withResponse } = new Penbox(server.settings);
  const up = await withResponse.attachments.upload(Buffer.from("abc"), { name: "a.pdf" });
  assert.deepEqual([up.status, up.data.id], [201, "u"]);
  const down = await withResponse.attachments.download("a");
  assert.deepEqual([down.status, String(down.data.content)], [200, "%PDF"]);
  assert.equal(down.headers.get("content-type"), "application/pdf");
  const pages = [];
  const list = withResponse.forms.list();
  for await (const page of list) pages.push([page.headers.get("x-page"), page.data.data.map(({ id }) => id)]);
  assert.deepEqual(pages, [["1", ["p1"]], ["2", ["p2"]]]);
  assert.equal((await list.page(2)).data.length, 1);
  assert.deepEqual((await withResponse.request("DELETE", "/requests/a")).status, 204);
});

test("the view lives without its client, and closes with it", async (t) => {
  const server = await answering(t, [200, FORM]);
  const client = new Penbox(server.settings);
  assert.equal(client.withResponse, client.withResponse);
  assert.equal((await client.withResponse.forms.get("a")).status, 200);
  await client.close();
  assert.equal((await failure(() => client.withResponse.forms.get("a"))).kind, "closed");
});

test("an error has headers and its body as JSON", async (t) => {
  const body = { statusCode: 404, message: "gone", list: [1] };
  const server = await answering(t, [404, body, { "x-left": "0", "set-cookie": "a=1" }], [404, "<no>"]);
  const client = new Penbox(server.settings);
  const error = await failure(() => client.forms.get("a"));
  assert.ok(error instanceof NotFoundError);
  assert.equal(error.headers.get("X-Left"), "0");
  assert.deepEqual(error.bodyJson, body);
  assert.ok(!`${inspect(error)}${JSON.stringify(error)}${error.supportReport()}`.includes("a=1"));
  const other = await failure(() => client.withResponse.forms.get("a"));
  assert.deepEqual([other.body, other.bodyJson], ["<no>", undefined]);
  const made = new NotFoundError("made by hand");
  assert.deepEqual([made.headers, made.bodyJson], [undefined, undefined]);
});

test("calls share one request, and each result is its own", async (t) => {
  const server = await answering(t, [200, { n: [1] }], [200, { n: [2] }], [200, { n: [3] }]);
  const client = new Penbox({ ...server.settings, cacheTtlMs: 60_000 });
  const options = (changes) => client.formTemplates.options("a", changes);
  const all = await Promise.all(Array.from({ length: 100 }, () => options()));
  all[0].n.push(5);
  assert.deepEqual(await options(), { n: [1] });
  assert.equal(server.seen.length, 1);
  const { hits, misses, entries, bytes } = client.cacheStats();
  assert.deepEqual([hits, misses, entries, bytes > 0], [100, 1, 1, true]);
  client.clearCache();
  assert.deepEqual(await options(), { n: [2] });
  assert.deepEqual(await options({ fresh: true }), { n: [3] });
  const kept = await client.withResponse.formTemplates.options("a");
  assert.deepEqual([kept.data, kept.fromCache, kept.attempts], [{ n: [3] }, true, 0]);
  assert.ok(kept.ageMs >= 0 && kept.ageMs < 60_000);
  assert.equal(server.seen.length, 3);
});
