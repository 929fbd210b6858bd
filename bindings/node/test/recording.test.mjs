// Recordings: written with the sandbox, played without a server.
import assert from "node:assert/strict";
import { truncate, writeFile, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigError, FileError, InternalError, NotFoundError, RateLimitError } from "penbox";
import { Recording } from "penbox/testing";
import { folder, root, sandbox, TOKEN } from "./support.mjs";

const LINE = {
  recording: 1,
  operation: "forms.get",
  method: "GET",
  path: "/forms/a",
  answer: { status: 200, headers: [["content-type", "application/json"]], json: { id: "a" } },
};
const answered = (status, json, changes) => ({
  ...LINE,
  answer: { ...LINE.answer, status, json },
  ...changes,
});

async function written(t, ...lines) {
  const path = join(await folder(t), "some.jsonl");
  await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

/** The calls that are recorded, and played in the same order. */
async function run(client) {
  const made = [];
  for (let number = 0; number < 3; number += 1) {
    const form = await client.forms.create({
      flow: { slug: "client-onboarding" },
      user: { email: `jo${number}@example.org`, given_name: "Jolene", phone: "+32470123456" },
      data: { income: 98765 },
    });
    made.push(form.id);
  }
  const listed = [];
  for await (const { id } of client.forms.list()) listed.push(id);
  const attachment = await client.attachments.upload(Buffer.from("Jolene"), { name: "passport-of-jolene.txt" });
  const file = await client.attachments.download(attachment.id);
  await assert.rejects(client.forms.get("00000000-0000-0000-0000-000000000000"), NotFoundError);
  return [made, listed, attachment.id, file.size];
}

test("what is recorded is played, and holds no token and no contact", async (t) => {
  const { settings } = await sandbox(t);
  const path = join(await folder(t), "all.jsonl");
  const live = Recording.record(path, { ...settings, pageSize: 2 });
  const recorded = await run(live);
  await live.close();
  const text = await readFile(path, "utf8");
  for (const canary of ["@example.org", "Jolene", "32470123456", "98765", "passport", TOKEN.slice(5)])
    assert.ok(!text.includes(canary), canary);
  assert.ok(text.split('"operation":"forms.list"').length >= 3, "a list of more than one page");
  const recording = new Recording(path);
  assert.equal(recording.left["forms.create"], 3);
  const played = recording.client({ pageSize: 2 });
  assert.deepEqual(await run(played), recorded);
  assert.deepEqual(recording.left, {});
  await played.close();
});

test("a recording of another language is played", async () => {
  const recording = new Recording(join(root, "tests", "recordings", "from-python.jsonl"));
  const client = recording.client({ pageSize: 2 });
  const [made, listed, , size] = await run(client);
  assert.deepEqual([[...made].sort(), size, recording.left], [[...listed].sort(), 6, {}]);
  await client.close();
});

test("a rate limit is played without a wait", async (t) => {
  const limited = answered(429, { retryAfter: 60 });
  const client = new Recording(await written(t, limited, LINE, limited)).client({ maxAttempts: 2 });
  const begun = performance.now();
  assert.equal((await client.forms.get("a")).id, "a");
  await assert.rejects(client.forms.get("a", { maxAttempts: 1 }), (error) => {
    assert.ok(error instanceof RateLimitError);
    assert.equal(error.retryAfterMs, 60_000);
    return true;
  });
  assert.ok(performance.now() - begun < 30_000);
  await client.close();
});

test("what is not recorded is named with what is", async (t) => {
  const flows = answered(200, { n: 1 }, { operation: "", path: "/flows" });
  const recording = new Recording(await written(t, LINE, flows));
  assert.deepEqual(recording.left, { "GET /flows": 1, "forms.get": 1 });
  const client = recording.client();
  await assert.rejects(client.cases.get("c"), (error) => {
    assert.ok(error instanceof InternalError);
    assert.deepEqual([error.reason, error.outcome, error.operation], ["not_recorded", "not_sent", "cases.get"]);
    assert.match(error.message, /cases\.get \(GET \/cases\/c\).*left are those to forms\.get \(1\), GET \/flows \(1\)/);
    return true;
  });
  assert.deepEqual(await client.request("GET", "/flows"), { n: 1 });
  await client.close();
});

test("what is no recording is refused", async (t) => {
  const place = await folder(t);
  const huge = join(place, "huge.jsonl");
  await writeFile(huge, "");
  await truncate(huge, 100_000_000);
  const cut = join(place, "cut.jsonl");
  await writeFile(cut, JSON.stringify(LINE).slice(0, -7));
  for (const [path, message] of [
    [await written(t, { ...LINE, recording: 2 }), /line 1: the format's version is 2/],
    [cut, /line 1: EOF/],
    [huge, /100000000 bytes/],
    [place, /no regular file/],
    [join(place, "none"), /is no recording/],
    [undefined, /is no recording/],
  ])
    assert.throws(() => new Recording(path), (error) => error instanceof FileError && message.test(error.message));
  assert.throws(() => Recording.record(join(place, "no", "folder"), { token: TOKEN }), FileError);
});

test("settings are those of a client, and CommonJS has the same class", async (t) => {
  const recording = new Recording(await written(t, LINE));
  assert.throws(() => recording.client({ tokne: "x" }), (error) => error instanceof ConfigError);
  assert.throws(() => recording.client(null), ConfigError);
  assert.equal(createRequire(import.meta.url)("penbox/testing").Recording, Recording);
});
