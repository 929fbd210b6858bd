// Bad input: a typed error of its own, nothing sent, no token in the text.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { ConfigError, InvalidArgumentError, Penbox } from "penbox";
import { failure, httpServer, reply, runText, TOKEN } from "./support.mjs";

const SECRET = TOKEN.slice(5, 17);

function harmless(error) {
  for (const text of [
    inspect(error, { depth: 9, showHidden: true }),
    JSON.stringify(error),
    error.stack,
    error.supportReport(),
  ]) {
    assert.ok(!text.includes(SECRET), "the token is in an error's text");
  }
}

const settings = [
  ["a pasted Bearer", { token: `Bearer ${TOKEN}` }, /Bearer/],
  ["a trailing newline", { token: `${TOKEN}\n` }, /newline|line break|white/i],
  ["another prefix", { token: TOKEN.replace("pnbx_", "sk_live_") }, /pnbx_/],
  ["an empty token", { token: "" }, /empty/],
  ["a placeholder", { token: "YOUR_TOKEN" }, /placeholder/],
  ["a token that is no text", { token: 5 }, /token must be text/],
  ["a token that is null", { token: null }, /token must be text/],
  ["a token that is a function", { token: () => TOKEN }, /token must be text/],
  ["plain http to another host", { token: TOKEN, baseUrl: "http://connect.example.com/v1" }, /http/],
  [
    "userinfo in the address",
    { token: TOKEN, baseUrl: `https://user:${TOKEN}@connect.example.com/v1` },
    /user/,
  ],
  ["no address", { token: TOKEN, baseUrl: "connect" }, /./],
  ["an unknown setting", { token: TOKEN, timeout: 5 }, /there is no setting timeout$/],
  [
    "a setting in snake case",
    { token: TOKEN, base_url: "http://127.0.0.1:1/v1" },
    /there is no setting base_url$/,
  ],
  ["a fraction of a millisecond", { token: TOKEN, timeoutMs: 1.5 }, /timeout/],
  ["no number", { token: TOKEN, timeoutMs: Number.NaN }, /timeout/],
  ["a number as text", { token: TOKEN, timeoutMs: "5" }, /timeout/],
  ["a bigint", { token: TOKEN, timeoutMs: 5n }, /timeout/],
  ["no flag", { token: TOKEN, allowInsecureHttp: "yes" }, /allowInsecureHttp/],
  ["settings that are text", TOKEN, /must be an object/],
  ["settings that are null", null, /must be an object/],
  ["settings that are a list", [TOKEN], /must be an object/],
];

for (const [name, given, wanted] of settings) {
  test(`${name} is a ConfigError, at once`, async () => {
    const error = await failure(async () => new Penbox(given));
    assert.ok(error instanceof ConfigError, String(error));
    assert.match(error.message, wanted);
    assert.equal(error.outcome, "not_sent");
    harmless(error);
  });
}

test("the hint names the settings as they are written here", () => {
  assert.throws(() => new Penbox({ tokn: "x" }), { hint: /baseUrl, timeoutMs, .*userAgentSuffix/ });
});

test("without any token nothing is made, with one in the environment it is", async () => {
  const text = `
    import { Penbox } from "penbox";
    try { const { auth, baseUrl } = new Penbox(); console.log(auth.source, baseUrl); } catch (error) { console.log(error.name, error.message); }`;
  const none = await runText(text);
  assert.equal(none.stdout, "ConfigError no token was given\n");
  const some = await runText(text, {
    env: { PENBOX_API_TOKEN: TOKEN, PENBOX_BASE_URL: "http://127.0.0.1:9/v1" },
  });
  assert.equal(some.stdout, "the environment variable PENBOX_API_TOKEN http://127.0.0.1:9/v1\n");
  const staging = await runText(text, { env: { PENBOX_API_TOKEN: TOKEN, PENBOX_ENVIRONMENT: "staging" } });
  assert.match(staging.stdout, /^ConfigError .*PENBOX_API_TOKEN_STAGING/);
  const undefinedToken = await runText(text.replace("new Penbox()", "new Penbox({ token: undefined })"), {
    env: { PENBOX_API_TOKEN: TOKEN },
  });
  assert.match(undefinedToken.stdout, /^the environment variable PENBOX_API_TOKEN /);
});

test("what has a JSON form of its own is sent in it, and undefined members are not sent", async (t) => {
  const sent = [];
  const { settings } = await httpServer(t, async (request, response) => {
    for await (const chunk of request) sent.push(chunk);
    reply(response, 200, { id: "a" });
  });
  class Money {
    toJSON() {
      return { amount: 5 };
    }
  }
  const data = { at: new Date(0), url: new URL("http://a/"), paid: new Money(), none: undefined, nothing: null };
  await new Penbox(settings).forms.create({ flow: { slug: "a" }, data });
  assert.deepEqual(JSON.parse(Buffer.concat(sent)).data, JSON.parse(JSON.stringify(data)));
});

const circle = { flow: { slug: "a" } };
circle.data = { circle };

const calls = [
  ["an empty id", (client) => client.forms.get("")],
  ["an id that climbs", (client) => client.forms.get("../workspaces")],
  ["an id that is a number", (client) => client.forms.get(5)],
  ["no id", (client) => client.forms.get()],
  ["an id that is an object", (client) => client.forms.get({ id: "a" })],
  ["no parameters where some are needed", (client) => client.forms.create()],
  ["parameters that are text", (client) => client.forms.create("client-onboarding")],
  ["parameters that are a list", (client) => client.forms.create([])],
  ["parameters that are a function", (client) => client.forms.create(() => {})],
  ["an unknown parameter", (client) => client.forms.create({ flow: { slug: "a" }, usr: {} })],
  [
    "an unknown parameter within",
    (client) => client.forms.create({ flow: { slug: "a" }, user: { mail: "a@b.c" } }),
  ],
  ["a parameter of another type", (client) => client.forms.create({ flow: "client-onboarding" })],
  ["a function in parameters", (client) => client.forms.create({ flow: { slug: () => "a" } })],
  ["a symbol in parameters", (client) => client.forms.create({ flow: { slug: Symbol("a") } })],
  ["a bigint in parameters", (client) => client.forms.create({ flow: { slug: "a" }, data: { n: 1n } })],
  [
    "no number in parameters",
    (client) => client.forms.create({ flow: { slug: "a" }, data: { n: Number.NaN } }),
  ],
  ["infinity in parameters", (client) => client.forms.create({ flow: { slug: "a" }, data: { n: [1 / 0] } })],
  [
    "an invalid date in parameters",
    (client) => client.forms.create({ flow: { slug: "a" }, active_from: new Date("x") }),
  ],
  ["a Map in parameters", (client) => client.forms.create({ flow: { slug: "a" }, data: new Map() })],
  [
    "bytes in parameters",
    (client) => client.forms.create({ flow: { slug: "a" }, data: { file: Buffer.from("a") } }),
  ],
  ["half a character in parameters", (client) => client.forms.create({ flow: { slug: "a\ud800" } })],
  ["parameters that hold themselves", (client) => client.forms.create(circle)],
  [
    "a getter that throws",
    (client) =>
      client.forms.create({
        get flow() {
          throw new Error("no");
        },
      }),
  ],
  ["a signal that is none", (client) => client.forms.get("a", { signal: new AbortController() })],
  ["an unknown option", (client) => client.forms.get("a", { timeout: 5 })],
  ["an option in snake case", (client) => client.forms.get("a", { timeout_ms: 5 })],
  ["options that are text", (client) => client.forms.get("a", "b")],
  ["options that are null", (client) => client.forms.get("a", null)],
  ["an Authorization header", (client) => client.forms.get("a", { headers: { Authorization: "Basic x" } })],
  ["a header with a line break", (client) => client.forms.get("a", { headers: { "x-a": "b\r\nc: d" } })],
  ["a body for a GET", (client) => client.forms.get("a", { body: { a: 1 } })],
  ["an unknown filter", (client) => client.forms.list({ usr: {} })],
  ["both styles of filters", (client) => client.forms.list({ archived: true, filter: {} })],
  ["a page of no size", (client) => client.forms.list({ page: { size: 0 } })],
  ["page zero", (client) => client.forms.list().page(0)],
  ["half a page", (client) => client.forms.list().page(1.5)],
  ["a page as text", (client) => client.forms.list().page("2")],
  ["no page at all", (client) => client.forms.list().page()],
  ["a page beyond all lists", (client) => client.forms.list().page(2 ** 40)],
  ["a page before all lists", (client) => client.forms.list().page(-1)],
  ["a page that is no number", (client) => client.forms.list().page(Number.NaN)],
];

for (const [name, work] of calls) {
  test(`${name} is an InvalidArgumentError, and nothing is sent`, async (t) => {
    const server = await httpServer(t, (request, response) => reply(response, 200, { id: "a" }));
    const error = await failure(() => work(new Penbox(server.settings)));
    assert.ok(error instanceof InvalidArgumentError, String(error));
    assert.equal(error.outcome, "not_sent");
    assert.equal(server.connections, 0);
    harmless(error);
  });
}

test("a call never throws at once: it rejects", async () => {
  const client = new Penbox({ token: TOKEN });
  const promise = client.forms.create({ flow: { slug: () => "a" } });
  assert.ok(promise instanceof Promise);
  const error = await failure(() => promise);
  assert.match(error.message, /^the parameter flow\.slug is a function/);
});

test("what a getter threw is the cause", async () => {
  const fault = new RangeError("no");
  const data = {
    get a() {
      throw fault;
    },
  };
  const error = await failure(() => new Penbox({ token: TOKEN }).forms.create({ flow: { slug: "a" }, data }));
  assert.equal(error.cause, fault);
  assert.equal(error.operation, "forms.create");
});

test("a Date is sent as ISO 8601", async (t) => {
  let body = "";
  const server = await httpServer(t, async (request, response) => {
    for await (const part of request) body += part;
    reply(response, 201, { id: "a" });
  });
  await new Penbox(server.settings).forms.create({ flow: { slug: "a" }, active_from: new Date(0) });
  assert.deepEqual(JSON.parse(body), { flow: { slug: "a" }, active_from: "1970-01-01T00:00:00.000Z" });
});
