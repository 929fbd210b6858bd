// The examples, run as users run them; the quickstart is the one that the README shows.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Penbox } from "penbox";
import { TOKEN, folder, gate, home, httpServer, reply, run, sandbox } from "./support.mjs";

const file = join(home, "examples", "quickstart.mjs");

test("the quickstart runs", async (t) => {
  const { baseUrl, token, steer } = await sandbox(t);
  await steer("POST", "forms", { count: 2, user_email: "jane@example.com" });
  const { code, stdout, stderr } = await run([file], {
    env: { PENBOX_API_TOKEN: token, PENBOX_BASE_URL: baseUrl },
  });
  assert.deepEqual([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n");
  assert.match(lines[0], /^created [0-9a-f-]{36} https?:/);
  assert.equal(lines.length, 4);
  assert.match(lines[1], /^\d{4}-.* pending john@example\.com$/);
});

test("without a token it says what to do", async () => {
  const { code, stderr } = await run([file]);
  assert.equal(code, 1);
  assert.match(stderr, /ConfigError: no token was given/);
  assert.match(stderr, /Set PENBOX_API_TOKEN/);
});

test("the package's README shows it", async () => {
  const [readme, example] = await Promise.all([
    readFile(join(home, "README.md"), "utf8"),
    readFile(file, "utf8"),
  ]);
  const code = example.slice(example.indexOf("\n") + 1);
  assert.ok(readme.includes("```js\n" + code + "```"));
});

const UUID = "[0-9a-f-]{36}";
const NAMES = ["collect_pdf", "start_case", "extract_document", "export_csv", "read_form"];

/** Runs an example to its end. */
const example = (name, args, { baseUrl, token = TOKEN }, options = {}) =>
  run([join(home, "examples", `${name}.mjs`), ...args], {
    env: { PENBOX_API_TOKEN: token, PENBOX_BASE_URL: baseUrl },
    ...options,
  });

/** The lines of an example that must end well. */
async function lines(...args) {
  const { code, stdout, stderr } = await example(...args);
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout.trimEnd().split("\n");
}

/** Runs collect_pdf; once it has made its form and asked for the answer, the contact does `answer`. */
async function collect(t, answer, ...more) {
  const { baseUrl, steer } = await sandbox(t);
  const place = await folder(t);
  const created = gate();
  const ended = example("collect_pdf", ["jane@example.com", "kyc-renewal", place, ...more], { baseUrl }, {
    onLine: (line) => created.open(line),
  });
  const id = new RegExp(`^created (${UUID})$`).exec(await Promise.race([created.passed, ended.then(String)]))[1];
  const asked = async () => (await steer("GET", "requests")).requests.some(({ method }) => method === "GET");
  for (const start = Date.now(); !(await asked()); ) assert.ok(Date.now() < start + 30_000, "it never asks");
  const done = answer && (await steer("POST", `forms/${id}/complete`, answer));
  return { place, done, ...(await ended) };
}

test("collect_pdf saves the answer", async (t) => {
  const { place, done, code, stdout, stderr } = await collect(t, { data: { city: "Ghent" } });
  assert.deepEqual([code, stderr], [0, ""]);
  const path = join(place, `answer-${done.response_id}.pdf`);
  const content = await readFile(path);
  assert.equal(content.subarray(0, 4).toString(), "%PDF");
  const sha256 = createHash("sha256").update(content).digest("hex");
  assert.equal(
    stdout.trimEnd().split("\n").at(-1),
    `saved ${path}: ${content.length} bytes, SHA-256 ${sha256}`,
  );
  assert.equal((await readdir(place)).length, 1);
});

test("collect_pdf ends without an answer", async (t) => {
  const declined = await collect(t, { declined: true });
  assert.deepEqual([declined.code, declined.stderr], [1, "Error: the contact declined\n"]);
  const late = await collect(t, undefined, "0");
  assert.deepEqual([late.code, late.stderr], [1, "Error: no answer within 0 s; the form stays open\n"]);
  assert.deepEqual(await readdir(late.place), []);
});

test("a create of unknown outcome is not repeated", async (t) => {
  for (const [name, path, message] of [
    ["collect_pdf", "/v1/forms", /^the form may exist: look for it/],
    ["start_case", "/v1/cases", /^the case may exist: look for it/],
  ]) {
    const posted = [];
    const server = await httpServer(t, (request, response) => {
      if (request.method === "GET") return reply(response, 200, { data: [{ id: "t" }] });
      posted.push(request.url);
      request.socket.destroy();
    });
    const { code, stderr } = await example(name, [], server);
    assert.equal(code, 1);
    assert.match(stderr, message);
    assert.match(stderr, /APIConnectionError: /);
    assert.deepEqual(posted, [path]);
  }
});

test("start_case starts a step, once", async (t) => {
  const { baseUrl, token } = await sandbox(t);
  const printed = await lines("start_case", ["jane@example.com", "Jane & Co"], { baseUrl });
  const client = new Penbox({ baseUrl, token });
  const [{ id }, ...others] = (await client.cases.list().page(1)).data;
  assert.equal(others.length, 0);
  assert.deepEqual(printed.slice(0, 6), [
    `created ${id} from the template Client onboarding`,
    "started send_welcome",
    "the case is in_progress and waits for: contact",
    "- Welcome email: started",
    "- Collect documents: pending",
    "- Final review: pending",
  ]);
  assert.match(printed[6], /^a second start is a conflict: /);
  assert.equal(printed.length, 7);
  const { contacts, schema } = await client.cases.get(id);
  assert.equal(contacts[0].email, "jane@example.com");
  assert.equal(schema.find((field) => field.key === "company_name").value, "Jane & Co");
});

test("start_case goes on to the next step", async (t) => {
  const refused = new Map([["/v1/cases/c/start/a", 422]]);
  const steps = [{ id: "a" }, { id: "1", key: "b" }];
  const server = await httpServer(t, (request, response) =>
    reply(response, refused.get(request.url) ?? 200, { id: "c", steps }),
  );
  const printed = await lines("start_case", ["a@example.com", "A", "t"], server);
  assert.match(printed[1], /^a cannot be started: /);
  assert.equal(printed[2], "started b");
  refused.set("/v1/cases/c/start/b", 409);
  const { code, stderr } = await example("start_case", ["a@example.com", "A", "t"], server);
  assert.deepEqual([code, stderr], [1, "Error: no step can be started\n"]);
});

test("extract_document prints what was read", async (t) => {
  const { baseUrl, steer } = await sandbox(t);
  const path = join(await folder(t), "passport.pdf");
  await writeFile(path, "%PDF-1.4\n");
  await steer("PUT", "settings", { extraction_delay_ms: 300 });
  const printed = await lines("extract_document", [path], { baseUrl });
  assert.match(printed[0], new RegExp(`^uploaded passport\\.pdf as ${UUID}$`));
  assert.equal(printed[1], 'firstname: "Jane" (confidence: high)');
  assert.match(printed[2], /^birthday: "\d{4}-\d\d-\d\d" \(confidence: high\)$/);
  assert.match(printed[3], /^amount: \d+ \(confidence: high\)$/);
  assert.equal(printed.length, 4);
  const { code, stderr } = await example("extract_document", [`${path}.none`], { baseUrl });
  assert.equal(code, 1);
  assert.match(stderr, /^FileError: .*passport\.pdf\.none/);
});

test("export_csv writes every page, and no formula", async (t) => {
  const { baseUrl, token, steer } = await sandbox(t);
  await steer("POST", "forms", { count: 5, created_at: "2023-12-31T00:00:00Z" });
  const { ids } = await steer("POST", "forms", { count: 230, created_at: "2024-06-01T00:00:00Z", step_ms: 1000 });
  const client = new Penbox({ baseUrl, token });
  const flow = { slug: "client-onboarding" };
  await client.forms.create({ flow, draft: true });
  const user = { email: "jane@example.com", given_name: '=SUM("é",\n1)', phone: "+32470000000" };
  const last = await client.forms.create({ flow, user });
  const place = await folder(t);
  const file = join(place, "forms.csv");
  assert.deepEqual(await lines("export_csv", ["2024-01-01", file], { baseUrl }), [`wrote 231 forms to ${file}`]);
  const rows = (await readFile(file, "utf8")).split("\r\n");
  assert.equal(rows[0], '"id","created_at","status","template","email","given_name","phone"');
  assert.deepEqual(
    rows.slice(1, -1).map((row) => row.slice(1, 37)),
    [...ids, last.id],
  );
  assert.equal(
    rows.at(-2),
    `"${last.id}","${last.created_at}","pending","client-onboarding","jane@example.com",` +
      `"'=SUM(""é"",\n1)","'+32470000000"`,
  );
  assert.equal(rows.at(-1), "");
  assert.deepEqual(await readdir(place), ["forms.csv"]);
});

test("export_csv leaves no half file", async (t) => {
  const { baseUrl } = await sandbox(t);
  const file = join(await folder(t), "forms.csv");
  const { code, stderr } = await example("export_csv", ["not a date", file], { baseUrl });
  assert.equal(code, 1);
  assert.match(stderr, /^BadRequestError: /);
  await assert.rejects(readFile(file), { code: "ENOENT" });
  const nowhere = await example("export_csv", ["2024-01-01", join(file, "forms.csv")], { baseUrl });
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /^Error: ENOENT: .*forms\.csv/);
});

test("read_form reads with settings of its own, and says what went wrong", async (t) => {
  const { baseUrl, token, steer } = await sandbox(t);
  const client = new Penbox({ baseUrl, token });
  const { id } = await client.forms.create({ flow: { slug: "client-onboarding" } });
  assert.deepEqual(await lines("read_form", [id], { baseUrl }), [`${id} pending`]);
  const { headers } = (await steer("GET", "requests")).requests.at(-1);
  assert.match(Object.fromEntries(headers)["user-agent"], / crm-sync\/2\.1$/);
  const fails = async (server) => {
    const { code, stdout, stderr } = await example("read_form", [], server);
    assert.deepEqual([code, stdout], [1, ""]);
    return stderr;
  };
  assert.equal(await fails({ baseUrl }), "there is no such form\n");
  await steer("PUT", "rate_limit", { requests: 1, window_ms: 60_000, retry_after: 60 });
  await client.forms.get(id);
  assert.equal(await fails({ baseUrl }), "too many requests: wait 60 s\n");
  const down = await httpServer(t, (_, response) => reply(response, 503, { message: "down" }));
  const report = await fails(down);
  assert.match(report, /^the service failed; for Penbox's support:\nPenbox support report\n/);
  assert.match(report, /\ntoken name: CRM\n/);
  assert.ok(!report.includes(TOKEN));
});

test("examples say what is wrong with the token, and never print it", async (t) => {
  const { baseUrl, steer } = await sandbox(t);
  const { token } = await steer("POST", "tokens");
  await steer("POST", "tokens/revoke", { token });
  const cwd = await folder(t);
  await writeFile(join(cwd, "document.pdf"), "%PDF-1.4\n");
  for (const name of NAMES) {
    const revoked = await example(name, [], { baseUrl, token }, { cwd });
    assert.deepEqual([revoked.code, revoked.stdout], [1, ""], name);
    assert.match(revoked.stderr, /^AuthenticationError: .*\nThe token was not accepted: it is invalid, expired or revoked/, name);
    assert.equal(revoked.stderr.split("\n").length, 3, name);
    assert.ok(!revoked.stderr.includes(token.slice(5, 17)), name);
    const none = await run([join(home, "examples", `${name}.mjs`)], { cwd });
    assert.equal(none.code, 1, name);
    assert.match(none.stderr, /^ConfigError: no token was given\nSet PENBOX_API_TOKEN/, name);
  }
});

test("every example is tested", async () => {
  const files = await readdir(join(home, "examples"));
  // Those of receivers have a file of tests of their own.
  const others = ["quickstart.mjs", "express_receiver.mjs", "http_receiver.mjs"];
  assert.deepEqual(files.sort(), [...NAMES.map((name) => `${name}.mjs`), ...others].sort());
});
