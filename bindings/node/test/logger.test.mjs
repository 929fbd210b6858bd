// The log, as JavaScript has it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { Penbox } from "penbox";
import { clean, failure, home, httpServer, reply, TOKEN } from "./support.mjs";

/** A server that answers with these in turn, and then always that there is a form. */
async function answering(t, ...answers) {
  return httpServer(t, (request, response) => {
    request.resume();
    reply(response, ...(answers.shift() ?? [200, { id: "a" }]));
  });
}

/** A logger that keeps its lines. */
function keeping(lines) {
  const keep = (level) => (line) => void lines.push([level, line]);
  return { debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") };
}

test("a line a request goes to the logger of its client, and none of it is a value", async (t) => {
  const server = await answering(t, [503, { message: "jane.roe" }, { "retry-after": "0" }]);
  const [lines, others] = [[], []];
  const client = new Penbox({ ...server.settings, logger: keeping(lines) });
  const talkative = new Penbox({ ...server.settings, logger: keeping(others), logLevel: "debug" });
  const silent = new Penbox(server.settings);
  await client.forms.get("jane.roe");
  assert.deepEqual(lines.map(([level]) => level), ["info", "info"]);
  assert.match(lines[0][1], /^GET \/forms\/\{id\} 503 server, \d+\.\d ms, attempt 1$/);
  assert.match(lines[1][1], /^GET \/forms\/\{id\} 200, \d+\.\d ms, attempt 2$/);
  await silent.forms.get("jane.roe");
  assert.deepEqual([lines.length, others.length], [2, 0]);
  await talkative.withResponse.forms.get("jane.roe");
  await talkative.request("GET", "/flows/jane.roe");
  assert.deepEqual(others.map(([level]) => level), ["info", "debug", "info", "debug"]);
  assert.match(others[1][1], /^forms\.get: \d+ bytes sent, \d+ bytes received, request id none, outcome done$/);
  const text = JSON.stringify([lines, others.slice(0, 2)]);
  assert.ok(!text.includes("jane") && !text.includes(TOKEN.slice(5)), text);
  assert.ok(!JSON.stringify(others).includes(TOKEN.slice(5)));
});

test("pages, uploads and downloads are logged, too, before they end", async (t) => {
  const server = await answering(t, [200, { data: [] }]);
  const lines = [];
  const client = new Penbox({ ...server.settings, logger: keeping(lines) });
  await client.forms.list().page(1);
  assert.equal(lines.length, 1);
  await client.attachments.upload(Buffer.from("x"), { name: "a.txt" }).catch(() => {});
  assert.equal(lines.length, 2);
});

test("unusual use and a deprecated operation are warnings, the latter once a process", async (t) => {
  const headers = { deprecation: "@1688169599", sunset: "Sun, 30 Jun 2024 23:59:59 GMT" };
  const server = await answering(t, ...Array(2).fill([200, { data: [] }, headers]), ...Array(6).fill([401, {}]));
  const lines = [];
  const client = new Penbox({ ...server.settings, logger: keeping(lines), logLevel: "warn" });
  await client.caseTemplates.list().page(1);
  await client.caseTemplates.list().page(1);
  assert.equal(lines.length, 1);
  assert.match(lines[0][1], /is deprecated by the server: Deprecation @1688169599, Sunset Sun, 30 Jun 2024/);
  for (let call = 0; call < 6; call++) await failure(() => client.forms.get("a"));
  assert.deepEqual(lines[1], ["warn", "unusual use: 5 answers in a row refused the token (401 or 403)"]);
  assert.equal(lines.length, 2);
});

test("a hook that fails is an error in the log", async (t) => {
  const server = await answering(t);
  const lines = [];
  const onResponse = () => {
    throw new Error(`of ${TOKEN}`);
  };
  const client = new Penbox({ ...server.settings, onResponse, logger: keeping(lines), logLevel: "debug" });
  await client.forms.get("a");
  assert.deepEqual(lines.map(([level]) => level), ["info", "debug", "debug", "error"]);
  assert.ok(!JSON.stringify(lines).includes(TOKEN.slice(5)), JSON.stringify(lines));
});

test("a logger that fails, or calls its client, changes nothing, and is warned of once", async (t) => {
  const server = await answering(t);
  const warned = [];
  const note = (warning) => warned.push(warning);
  process.on("warning", note);
  t.after(() => process.off("warning", note));
  const inner = [];
  const info = async () => {
    inner.push(client.forms.get("inner"));
    throw new Error("a logger of the program");
  };
  const client = new Penbox({ ...server.settings, logger: { info } });
  assert.equal((await client.forms.get("a")).id, "a");
  assert.equal((await client.forms.get("a")).id, "a");
  await Promise.all(inner);
  await new Promise((done) => setImmediate(done));
  assert.deepEqual([client.stats().calls, inner.length], [4, 2]);
  assert.deepEqual(warned.map(({ name }) => name), ["PenboxWarning"]);
  assert.match(warned[0].message, /the logger failed, .*: Error: a logger of the program/);
});

test("what is no logger and no level is a ConfigError", () => {
  for (const logger of ["console", null, {}, 5, { info: 5 }, { log() {} }])
    assert.throws(() => new Penbox({ token: TOKEN, logger }), { code: "config", message: /the setting logger must be an object/ });
  for (const logLevel of ["loud", null, 5])
    assert.throws(() => new Penbox({ token: TOKEN, logger: console, logLevel }), { code: "config", message: /the setting logLevel/ });
  new Penbox({ token: TOKEN, logger: console, logLevel: "debug" });
});

test("a program without a logger has nothing printed", async (t) => {
  const server = await answering(t, ...Array(6).fill([401, {}, { sunset: "soon" }]));
  const program = `
    const { Penbox } = require("penbox");
    const client = new Penbox(${JSON.stringify(server.settings)});
    (async () => {
      for (let call = 0; call < 6; call++) await client.forms.get("a").catch(() => {});
      process.exitCode = client.stats().alerts === 1 ? 0 : 3;
    })();
  `;
  const child = spawn(process.execPath, ["-e", program], { cwd: home, env: clean });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (printed += text));
  const code = await new Promise((ended) => child.once("close", ended));
  assert.deepEqual([code, printed], [0, ""]);
});
