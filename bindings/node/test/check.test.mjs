// The check of a client, the command `doctor`, and the curl line of an error.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import * as penbox from "penbox";
import { clean, failure, gate, home, httpServer, reply, run, sandbox, TOKEN } from "./support.mjs";

const { CheckReport, Penbox } = penbox;

/** The program that `npx penbox` runs. */
const bin = join(home, JSON.parse(readFileSync(join(home, "package.json"), "utf8")).bin.penbox);

/** The findings that are not well, with their levels. */
const problems = (report) =>
  Object.fromEntries(report.findings.filter(({ level }) => level !== "ok").map(({ id, level }) => [id, level]));

test("a client that is well has no finding to mend", async (t) => {
  const { settings, steer } = await sandbox(t);
  const client = new Penbox({ ...settings, tokenName: "CRM" });
  const report = await client.check({ workspace: "acme-corp" });
  assert.ok(report instanceof CheckReport);
  assert.equal(report.ok, true);
  assert.deepEqual(problems(report), {});
  assert.match(String(report), /0 errors, 0 warnings$/);
  assert.match(report.curl, /\$PENBOX_API_TOKEN/);
  assert.equal(JSON.parse(JSON.stringify(report)).findings[0].id, report.findings[0].id);
  const shown = `${report} ${JSON.stringify(report)} ${inspect(report, { depth: 9, showHidden: true })}`;
  assert.ok(!shown.includes(TOKEN.slice(5, 20)));
  assert.deepEqual(problems(await client.check({ workspace: "elsewhere" })), { wrong_workspace: "error" });
  await steer("POST", "tokens/revoke", { token: TOKEN });
  assert.deepEqual(problems(await client.check()), { token_revoked: "error" });
});

test("a failing call is a finding in the words of Node", async (t) => {
  const { settings } = await httpServer(t, (_, response) => reply(response, 401, { message: "Invalid token" }));
  const client = new Penbox(settings);
  const report = await client.check();
  assert.equal(report.ok, false);
  assert.equal(problems(report).token_not_accepted, "error");
  const name = report.findings.find(({ id }) => id === "token_name_missing");
  assert.match(name.fix, /^Set tokenName to/);
  assert.equal("fix" in report.findings.find(({ level }) => level === "ok"), false);
});

test("only wrong arguments, an abort and a close reject", async (t) => {
  const { settings } = await httpServer(t, (_, response) => reply(response, 200, { data: [] }));
  const client = new Penbox(settings);
  for (const wrong of [5, "acme", { workspace: 5 }, { workspace: null }, { worksapce: "acme" }])
    assert.equal((await failure(() => client.check(wrong))).kind, "invalid_argument", inspect(wrong));
  const error = await failure(() => client.check({}, { signal: AbortSignal.abort() }));
  assert.equal(error.kind, "cancelled");
  await client.close();
  assert.equal((await failure(() => client.check())).kind, "closed");
});

test("an error has its call as a curl line", async (t) => {
  let target;
  const { settings, baseUrl } = await httpServer(t, (request, response) => {
    target = request.url;
    reply(response, 403, { message: "no" });
  });
  const client = new Penbox(settings);
  const error = await failure(() => client.forms.list({ user: { email: "o'brien $(id)@example.com" } }).page(1));
  const script = `curl() { printf '%s\\n' "$@"; }\n${error.curl()}`;
  const words = execFileSync("/bin/sh", ["-c", script], { env: { PENBOX_API_TOKEN: "from the environment" } });
  const lines = String(words).split("\n");
  assert.ok(lines.includes(baseUrl.replace("/v1", target)), String(words));
  assert.ok(lines.includes("Authorization: Bearer from the environment"));
  const shown = `${error} ${error.stack} ${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${error.supportReport()}`;
  assert.ok(!shown.includes("brien"), shown);
  assert.equal(new penbox.RateLimitError("made by hand").curl(), undefined);
});

test("the command doctor", async (t) => {
  const { baseUrl, settings } = await sandbox(t);
  const doctor = (args, env = { PENBOX_API_TOKEN: settings.token, PENBOX_BASE_URL: baseUrl }) =>
    run([bin, ...args], { env });
  const well = await doctor(["doctor"]);
  assert.deepEqual([well.code, well.stderr], [0, ""]);
  assert.match(well.stdout, /penbox-node\/[^]*token_accepted: /);
  assert.equal(JSON.parse((await doctor(["doctor", "--json", "--workspace", "acme-corp"])).stdout).ok, true);
  const elsewhere = await doctor(["doctor", "--workspace=elsewhere"]);
  assert.equal(elsewhere.code, 1);
  assert.match(elsewhere.stdout, /error {3}wrong_workspace: /);
  assert.ok((await doctor(["doctor", "--curl"])).stdout.startsWith(`curl -X GET '${baseUrl}/workspaces`));
  const none = await doctor(["doctor"], {});
  assert.equal(none.code, 1);
  assert.match(none.stdout, /token_missing: [^]*fix: /);
  for (const args of [[], ["dcotor"], ["doctor", "--jsn"], ["doctor", "--workspace"]]) {
    const wrong = await doctor(args);
    assert.deepEqual([wrong.code, wrong.stdout], [2, ""], inspect(args));
    assert.match(wrong.stderr, /Usage: npx penbox doctor/);
  }
  assert.equal((await doctor(["--help"])).code, 0);
});

test("a reader that has read enough is no failure", async (t) => {
  const closed = gate();
  const { baseUrl } = await httpServer(t, async (_, response) => {
    await closed.passed;
    reply(response, 200, { data: [{ id: "w", slug: "acme" }] });
  });
  const env = { ...clean, PENBOX_API_TOKEN: TOKEN, PENBOX_BASE_URL: baseUrl };
  const child = spawn(process.execPath, [bin, "doctor"], { env, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.once("close", closed.open).destroy();
  let shown = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (shown += text));
  const [code] = await once(child, "close");
  assert.deepEqual([code, shown], [0, ""]);
});
