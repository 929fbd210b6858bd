// Messages and hints name settings, options and members as Node does.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigError, Penbox } from "penbox";
import { answer, failure, home, rawServer, TOKEN } from "./support.mjs";

/** What only other languages know. */
const FOREIGN =
  /\b(base_url|max_\w+|retry_(after|unsafe)|rate_limit(?=\W*of)|\w+_timeout|timeout_ms|ca_file|client_(cert|key)|token_(name|command|provider)|user_agent_suffix|allow_insecure_http|page_size|pool_size|penbox_\w+)\b/;

function refused(settings) {
  try {
    new Penbox({ token: TOKEN, ...settings });
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error;
  }
  return assert.fail(`${JSON.stringify(settings)} was accepted`);
}

test("the hint of an unknown setting lists the settings of the types", async () => {
  const { hint, message } = refused({ base_url: "x" });
  assert.equal(message, "there is no setting base_url");
  const types = await readFile(join(home, "dist", "generated", "settings.d.ts"), "utf8");
  const typed = [...types.matchAll(/^ {4}(\w+)\?:/gm)].map(([, name]) => name);
  assert.ok(typed.length >= 20, types);
  assert.deepEqual(hint.replace(/^The settings are: |\.$/g, "").split(", ").sort(), typed.sort());
});

test("each setting is refused under its own name", () => {
  const bad = {
    baseUrl: "ftp://x",
    timeoutMs: 0,
    attemptTimeoutMs: 0,
    connectTimeoutMs: 0,
    readTimeoutMs: 0,
    maxAttempts: 0,
    maxRetryWaitMs: -1,
    rateLimit: "often",
    maxResponseBytes: 0,
    poolSize: 0,
    pageSize: 101,
    allowInsecureHttp: "yes",
    proxy: "ftp://x",
    noProxy: 5,
    caFile: "/nowhere",
    clientCert: "/nowhere",
    clientKey: "/nowhere",
    tokenName: "",
    userAgentSuffix: "\n",
    tokenCommand: "a | b",
    tokenProvider: "vault",
  };
  for (const [name, value] of Object.entries(bad)) {
    const { message, hint } = refused({ [name]: value });
    assert.ok(message.includes(name), message);
    assert.doesNotMatch(`${message} ${hint}`, FOREIGN, name);
  }
  const insecure = refused({ baseUrl: "http://api.example/v1" });
  assert.match(insecure.hint, /allowInsecureHttp/);
});

test("options are refused under their own names", async () => {
  const client = new Penbox({ token: TOKEN, baseUrl: "http://127.0.0.1:1/v1" });
  for (const options of [{ timeoutMs: 0 }, { maxAttempts: 0 }, { retryUnsafe: 1 }, { query: 5 }, { tiemout: 5 }]) {
    const error = await failure(() => client.forms.get("a", options));
    assert.equal(error.code, "invalid_argument");
    const [name] = Object.keys(options);
    assert.ok(error.message.includes(name), error.message);
    assert.doesNotMatch(`${error.message} ${error.hint}`, FOREIGN);
    if (name === "tiemout") assert.match(error.hint, /timeoutMs, maxAttempts, retryUnsafe, fresh, headers, query, body/);
  }
});

test("hints of what went wrong on the way name them, too", { timeout: 60_000 }, async (t) => {
  const cases = [
    [answer(429, "{}"), /retryAfterMs/],
    [answer(302, "", { location: "https://x.example" }), /baseUrl/],
    [answer(200, `{"id":"${"a".repeat(2000)}"}`), /maxResponseBytes/],
    [answer(200, "no JSON"), /baseUrl/],
  ];
  for (const [bytes, hint] of cases) {
    const { settings } = await rawServer(t, bytes);
    const client = new Penbox({ ...settings, maxAttempts: 1, maxRetryWaitMs: 0, maxResponseBytes: 1000 });
    const error = await failure(() => client.forms.get("a"));
    assert.match(error.hint, hint);
    assert.doesNotMatch(`${error.message} ${error.hint} ${error.supportReport()}`, FOREIGN);
    assert.match(error.supportReport(), /set tokenName to/);
    await client.close();
  }
  const nobody = new Penbox({ token: TOKEN, baseUrl: "http://127.0.0.1:1/v1", maxAttempts: 1 });
  assert.match((await failure(() => nobody.forms.get("a"))).hint, /baseUrl/);
});

test("what the server says is left as it is", { timeout: 60_000 }, async (t) => {
  const said = "set max_attempts and \u{fff9}base_url\u{fffb} of timeout";
  const { settings } = await rawServer(t, answer(400, JSON.stringify({ message: said, error: "Bad base_url" })));
  const error = await failure(() => new Penbox(settings).forms.get("a"));
  assert.equal(error.message, "set max_attempts and \\u{fff9}base_url\\u{fffb} of timeout");
  assert.equal(error.title, "Bad base_url");
});
