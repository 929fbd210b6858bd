// Parameters and options that would be lost on their way: refused by their path, nothing sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { InvalidArgumentError, Penbox } from "penbox";
import { failure, httpServer, reply, TOKEN } from "./support.mjs";

class Dto {
  name = "a";
}
class Secret {
  #name = "a";
  get name() {
    return this.#name;
  }
}
function* some() {
  yield "a";
}
const circular = { list: [] };
circular.list.push({ circular });
let tall = 1;
for (let level = 0; level < 100; level += 1) tall = { a: tall };
const form = new FormData();
form.set("a", "b");

/** A value that JSON would lose, the path it is refused by with the reason, and the remedy. */
const lossy = [
  ["undefined in a list", { tags: ["a", undefined] }, "data.tags.1 is undefined", /null/],
  ["a hole in a list", { tags: [, "a"] }, "data.tags.0 is undefined", /null/],
  ["a boxed number", { n: new Number(1) }, "data.n is a Number", /valueOf/],
  ["a boxed text", { list: [{ n: new String("a") }] }, "data.list.0.n is a String", /valueOf/],
  ["a RegExp", { pattern: /a/ }, "data.pattern is a RegExp", /toJSON/],
  ["an Error", { reason: new TypeError("a") }, "data.reason is a TypeError", /toJSON/],
  ["a Map", { deep: { map: new Map([[1, 2]]) } }, "data.deep.map is a Map", /Object\.fromEntries/],
  ["a Set", { set: new Set([1]) }, "data.set is a Set", /\[\.\.\.value\]/],
  ["a WeakMap", { map: new WeakMap() }, "data.map is a WeakMap", /plain object/],
  ["a Promise", { later: Promise.resolve(1) }, "data.later is a Promise", /Await/],
  ["an invalid date", { at: new Date("x") }, "data.at is an invalid Date", /made/],
  ["bytes", { file: new Uint8Array(1) }, "data.file is binary data", /attachments\.upload/],
  ["a Buffer", { file: Buffer.from("a") }, "data.file is binary data", /attachments\.upload/],
  ["an ArrayBuffer", { file: new ArrayBuffer(1) }, "data.file is binary data", /attachments\.upload/],
  ["a File", { file: new File(["a"], "a.txt") }, "data.file is a File", /attachments\.upload/],
  ["a Blob", { file: new Blob(["a"]) }, "data.file is a Blob", /attachments\.upload/],
  ["FormData", { form }, "data.form is a FormData", /Object\.fromEntries/],
  ["URLSearchParams", { q: new URLSearchParams("a=b") }, "data.q is a URLSearchParams", /Object\.fromEntries/],
  ["Headers", { h: new Headers({ a: "b" }) }, "data.h is a Headers", /Object\.fromEntries/],
  ["a Request", { r: new Request("http://a/") }, "data.r is a Request", /plain object/],
  ["a generator", { all: some() }, "data.all is a", /\[\.\.\.value\]/],
  ["an iterator", { all: ["a"].values() }, "data.all is an Array Iterator", /\[\.\.\.value\]/],
  ["an instance of a class", { who: new Dto() }, "data.who is a Dto", /toJSON/],
  ["a class with private members", { who: new Secret() }, "data.who is a Secret", /toJSON/],
  ["an object that inherits", { who: Object.create({ name: "a" }) }, "data.who is a", /plain object/],
  ["a function", { f() {} }, "data.f is a function", /Call it/],
  ["a class itself", { Dto }, "data.Dto is a function", /Call it/],
  ["a symbol", { s: Symbol("a") }, "data.s is a symbol", /text/],
  ["a bigint", { n: 1n }, "data.n is a bigint", /String\(value\)/],
  ["NaN", { n: [0, Number.NaN] }, "data.n.1 is NaN", /number/],
  ["infinity", { n: -1 / 0 }, "data.n is -Infinity", /number/],
  ["a circle", circular, "data.list.0.circular contains itself", /way back/],
  ["half a character", { note: "x \ud83d y" }, "data.note holds a lone surrogate", /toWellFormed/],
  ["half a character in a name", { a: { "\udc00": 1 } }, "data.a has a member whose name holds a lone", /cut/],
  ["too many levels", tall, "data.a.a", /flatter/],
  ["a toJSON that gives a Map", { m: { toJSON: () => new Map() } }, "data.m is a Map", /fromEntries/],
  ["a toJSON that gives nothing", { m: { toJSON() {} } }, "data.m is undefined", /null/],
];

for (const [name, data, wanted, remedy] of lossy) {
  test(`${name} is refused by its path`, async (t) => {
    const server = await httpServer(t, (request, response) => reply(response, 200, { id: "a" }));
    const client = new Penbox(server.settings);
    const error = await failure(() => client.forms.create({ flow: { slug: "a" }, data }));
    assert.ok(error instanceof InvalidArgumentError, String(error));
    assert.ok(error.message.startsWith(`the parameter ${wanted}`), error.message);
    assert.match(error.hint, remedy);
    assert.equal(error.operation, "forms.create");
    assert.equal(error.outcome, "not_sent");
    assert.equal(server.connections, 0);
  });
}

const wholes = [
  ["a Map", () => new Map([["completed", true]]), "the parameters are a Map"],
  ["FormData", () => form, "the parameters are a FormData"],
  ["URLSearchParams", () => new URLSearchParams("completed=true"), "the parameters are a URLSearchParams"],
  ["an instance of a class", () => new Dto(), "the parameters are a Dto"],
  ["a Promise", () => Promise.resolve({}), "the parameters are a Promise"],
  ["a function", () => () => {}, "the parameters are a function"],
  ["a list", () => [["completed", true]], "the parameters must be a JSON object"],
  ["null", () => null, "the parameters must be a JSON object"],
];

for (const [name, make, wanted] of wholes) {
  test(`${name} in the place of all parameters is refused, with a path and without`, async () => {
    const client = new Penbox({ token: TOKEN, baseUrl: "http://127.0.0.1:1/v1" });
    const calls = {
      "forms.list": () => client.forms.list(make()),
      "forms.count": () => client.forms.count(make()),
      "forms.create": () => client.forms.create(make()),
      "forms.update": () => client.forms.update("a", make()),
      "cases.start_step": () => client.cases.startStep("a", "b", make()),
    };
    for (const [operation, call] of Object.entries(calls)) {
      const error = await failure(call);
      assert.ok(error instanceof InvalidArgumentError, `${operation}: ${error}`);
      assert.ok(error.message.startsWith(wanted), `${operation}: ${error.message}`);
      assert.equal(error.operation, operation);
    }
    const download = await failure(() => client.attachments.download("a", make()));
    assert.ok(download instanceof InvalidArgumentError, String(download));
    assert.equal(download.operation, "attachments.download");
    const upload = await failure(() => client.attachments.upload("/nowhere/a.pdf", make()));
    assert.ok(upload instanceof InvalidArgumentError, String(upload));
    assert.equal(upload.operation, "attachments.upload");
  });
}

test("what is given by position and in the object is refused, not chosen between", async () => {
  const client = new Penbox({ token: TOKEN, baseUrl: "http://127.0.0.1:1/v1" });
  const error = await failure(() => client.forms.update("a", { id: "b", archived: true }));
  assert.match(error.message, /^the parameter id is given twice/);
  assert.equal(error.operation, "forms.update");
});

/** Conditions that a query would drop: the call would ask for everything. */
const nothing = [
  [{ user: { email: null } }, "user.email is null"],
  [{ flow: { slug: [] } }, "flow.slug is an empty list"],
  [{ flow: { slug: ["a", null] } }, "flow.slug.1 is null"],
  [{ completed: null }, "completed is null"],
  [{ workspace: {} }, "workspace is an empty object"],
  [{ workspace: { id: undefined } }, "workspace is an empty object"],
  [{ user: { email: " " } }, "user.email is empty text"],
  [{ filter: { attributes: { status: { $in: [] } } } }, "filter.attributes.status.$in is an empty list"],
];

for (const [given, wanted] of nothing) {
  test(`a condition that holds nothing is refused: ${wanted}`, async () => {
    const client = new Penbox({ token: TOKEN, baseUrl: "http://127.0.0.1:1/v1" });
    for (const call of [() => client.forms.list(given), () => client.forms.count(given)]) {
      const error = await failure(call);
      assert.ok(error instanceof InvalidArgumentError, String(error));
      assert.ok(error.message.startsWith(`the parameter ${wanted}`), error.message);
      assert.match(error.hint, /or give undefined/);
      assert.match(error.operation, /^forms\.(list|count)$/);
    }
  });
}

test("a renamed parameter is named as it is written here", async () => {
  const client = new Penbox({ token: TOKEN, baseUrl: "http://127.0.0.1:1/v1" });
  const error = await failure(() => client.forms.count({ group_by: null }));
  assert.match(error.message, /^the parameter group_by is null/);
});

test("plain objects of any realm are taken, undefined is absent, and extra query is held to the same", async (t) => {
  const urls = [];
  const server = await httpServer(t, (request, response) => {
    urls.push(request.url);
    reply(response, 200, { count: 1 });
  });
  const client = new Penbox(server.settings);
  const foreign = vm.runInNewContext(`({ user: { email: "a@b.c" }, completed: undefined })`);
  await client.forms.count(foreign);
  await client.forms.count(Object.assign(Object.create(null), { archived: true }));
  assert.deepEqual(urls.map(decodeURIComponent), [
    "/v1/forms/count?user[email]=a@b.c",
    "/v1/forms/count?archived=true",
  ]);
  for (const [query, wanted] of [
    [{ status: null }, "the extra query parameter status is null"],
    [{ status: [] }, "the extra query parameter status is an empty list"],
    [{ status: new Set(["a"]) }, "the option query.status is a Set"],
  ]) {
    const error = await failure(() => client.forms.count({}, { query }));
    assert.ok(error.message.startsWith(wanted), error.message);
    assert.equal(error.operation, "forms.count");
  }
});

test("Headers, URLSearchParams, Maps and pairs are options, repeated names too", async (t) => {
  const heard = [];
  const server = await httpServer(t, (request, response) => {
    heard.push([request.url, request.headers["x-a"], request.headers["x-b"]]);
    reply(response, 200, { count: 1 });
  });
  const client = new Penbox(server.settings);
  const headers = new Headers({ "X-A": "1" });
  headers.append("X-A", "2");
  const count = (options) => client.forms.count(undefined, options);
  await count({ headers, query: new URLSearchParams("q=1&q=2&r=%26") });
  await count({ headers: new Map([["X-B", "3"]]), query: new Map([["q", 1]]) });
  await count({ headers: [["x-a", "1"], ["X-A", "2"]], query: [["q", "a b"]] });
  await count({ headers: { "x-b": "4", "x-a": undefined }, query: { q: [1, 2] } });
  await count({ headers: new Headers(), query: new URLSearchParams() });
  assert.deepEqual(heard, [
    ["/v1/forms/count?q=1&q=2&r=%26", "1, 2", undefined],
    ["/v1/forms/count?q=1", undefined, "3"],
    ["/v1/forms/count?q=a%20b", "1, 2", undefined],
    ["/v1/forms/count?q=1&q=2", undefined, "4"],
    ["/v1/forms/count", undefined, undefined],
  ]);
  for (const options of [
    { headers: new Headers({ Authorization: "Basic x" }) },
    { headers: new Set(["x-a"]) },
    { headers: "x-a: 1" },
    { query: new Set(["a"]) },
    { query: "a=b" },
    { query: form.constructor },
    new Map([["timeoutMs", 5]]),
    new Dto(),
  ]) {
    const error = await failure(() => count(options));
    assert.ok(error instanceof InvalidArgumentError, String(error));
    assert.equal(error.operation, "forms.count");
  }
  assert.equal(heard.length, 5);
});
