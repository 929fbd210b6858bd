// The quickstart, as the README shows it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { home, run, sandbox } from "./support.mjs";

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
