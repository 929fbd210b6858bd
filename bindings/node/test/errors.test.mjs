// Every class, its members, and what is shown of it: never the token, never more than the server's own words.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { test } from "node:test";
import * as penbox from "penbox";
import { failure, httpServer, reply, root, TOKEN } from "./support.mjs";

const { Penbox, PenboxError } = penbox;
const spec = JSON.parse(readFileSync(join(root, "tests", "spec", "errors.json"), "utf8"));

test("every class of the table is there, below its parent, with its name and kind", () => {
  for (const { class: name, parent, kind } of [...spec.bases, ...spec.kinds]) {
    const type = penbox[name];
    assert.equal(typeof type, "function", name);
    assert.equal(Object.getPrototypeOf(type), parent === null ? Error : penbox[parent], name);
    const error = new type("a message");
    assert.ok(error instanceof PenboxError && error instanceof Error);
    assert.deepEqual([error.name, error.message, String(error)], [name, "a message", `${name}: a message`]);
    assert.match(error.stack, new RegExp(`^${name}: a message\n`));
    if (kind !== undefined) assert.deepEqual([error.kind, error.code, type.kind], [kind, kind, kind]);
  }
});

test("every status gives its class", async (t) => {
  const { settings } = await httpServer(t, (request, response) => {
    const status = Number(request.url.split("/").at(-1));
    reply(
      response,
      status,
      { statusCode: status, error: "Title", message: `words of ${status}` },
      { "x-request-id": "r-1" },
    );
  });
  const client = new Penbox({ ...settings, maxAttempts: 1 });
  const expected = new Map(
    spec.kinds.filter((kind) => kind.http_status !== null).map((kind) => [kind.http_status, kind.class]),
  );
  expected.set(418, "APIStatusError").set(500, "ServerError").set(502, "ServerError").set(503, "ServerError");
  for (const [status, name] of expected) {
    const error = await failure(() => client.forms.get(String(status)));
    assert.equal(error.constructor, penbox[name], name);
    assert.ok(error instanceof penbox.APIStatusError && error instanceof penbox.APIError);
    const { httpStatus, message, title, requestId, operation, method, path, attempts } = error;
    assert.deepEqual(
      { httpStatus, message, title, requestId, operation, method, path, attempts },
      {
        httpStatus: status,
        message: `words of ${status}`,
        title: "Title",
        requestId: "r-1",
        operation: "forms.get",
        method: "GET",
        path: "/forms/{id}",
        attempts: 1,
      },
    );
    assert.equal(JSON.parse(error.body).message, `words of ${status}`);
    assert.ok(Math.abs(Date.parse(error.occurredAt) - Date.now()) < 60_000);
  }
});

test("a connection that is refused", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  const settings = { token: TOKEN, baseUrl: `http://127.0.0.1:${port}/v1` };
  const error = await failure(() => new Penbox(settings).forms.create({ flow: { slug: "a" } }));
  assert.equal(error.constructor, penbox.APIConnectionError);
  assert.deepEqual([error.reason, error.outcome, error.retryable], ["refused", "not_sent", true]);
});

test("what does not apply is absent, not null", async () => {
  const error = await failure(() => new Penbox({ token: TOKEN }).forms.get(""));
  for (const name of ["httpStatus", "title", "body", "phase", "retryAfterMs", "requestId", "cause"]) {
    assert.equal(name in error && error[name] !== undefined, false, name);
  }
  assert.deepEqual(
    [error.operation, error.method, error.path, error.attempts],
    ["forms.get", "GET", "/forms/{id}", 0],
  );
});

test("the token and the body are shown nowhere", async (t) => {
  const { settings } = await httpServer(t, (request, response) => {
    reply(response, 401, {
      message: `you sent ${request.headers.authorization}`,
      contact: "jane@example.com",
    });
  });
  const client = new Penbox({ ...settings, tokenName: "Production" });
  const error = await failure(() => client.forms.get("a"));
  assert.equal(error.constructor, penbox.AuthenticationError);
  const clone = structuredClone(error);
  assert.ok(clone instanceof Error);
  assert.equal(clone.message, error.message);
  const shown = [error, clone, client, client.forms, client.forms.list(), client.auth].flatMap((value) => [
    inspect(value, { depth: 9, showHidden: true, getters: true }),
    JSON.stringify(value) ?? "",
    String(value),
  ]);
  shown.push(error.stack, error.supportReport(), error.body, error.message);
  for (const text of shown) assert.ok(!text.includes(TOKEN.slice(5, 17)), text);
  for (const text of [inspect(error), JSON.stringify(error)]) {
    assert.ok(!text.includes("jane@example.com"));
    assert.ok(text.includes("authentication") && text.includes(error.hint), "kind and hint are shown");
  }
  assert.match(error.body, /jane@example\.com/, "it is there for those who ask");
  assert.match(
    error.supportReport(),
    /token name: Production\n(.*\n)*endpoint: GET \/forms\/\{id\} \(forms\.get\)/,
  );
  assert.equal(JSON.parse(JSON.stringify(error)).code, "authentication");
});

test("the stack leads to the caller", async () => {
  const client = new Penbox({ token: TOKEN });
  async function whereItWasCalled() {
    await client.forms.get("..");
  }
  const error = await failure(whereItWasCalled);
  assert.match(error.stack, /at async whereItWasCalled /);
});

test("a closed client says so", async (t) => {
  const server = await httpServer(t, (request, response) => reply(response, 200, { id: "a" }));
  const client = new Penbox(server.settings);
  await client.close();
  await client.close();
  const error = await failure(() => client.forms.get("a"));
  assert.equal(error.constructor, penbox.ClosedError);
  const listed = await failure(() => client.forms.list().page(1));
  assert.equal(listed.constructor, penbox.ClosedError);
  assert.equal(server.connections, 0);
});

const misplaced = {
  "a parameter": (client) => client.forms.list({ [TOKEN]: 1 }).next(),
  "a parameter of a file": (client) => client.attachments.download("a", { [TOKEN]: 1 }),
  "an option": (client) => client.forms.get("a", { [TOKEN]: 1 }),
  "a member with a value that is refused": (client) =>
    client.forms.create({ flow: { slug: "x" }, data: { [TOKEN]: new Map() } }),
  "a value of data": (client) => client.forms.create({ flow: { slug: "x" }, data: { a: [TOKEN] } }),
  "a header": (client) => client.forms.get("a", { headers: { "x-key": TOKEN } }),
  "a query": (client) => client.forms.get("a", { query: { key: TOKEN } }),
  "a setting": () => new Penbox({ token: TOKEN, [TOKEN]: 1 }),
};

for (const [place, work] of Object.entries(misplaced)) {
  test(`a token as ${place} is refused, and not shown`, async (t) => {
    const server = await httpServer(t, (_, response) => reply(response, 200, { id: "a" }));
    const error = await failure(async () => work(new Penbox(server.settings)));
    assert.ok(error instanceof PenboxError, String(error));
    assert.equal(error.outcome, "not_sent");
    assert.ok(!`${error.stack} ${error.hint} ${error.supportReport}`.includes(TOKEN.slice(5, 20)), error.message);
    assert.equal(server.connections, 0);
  });
}
