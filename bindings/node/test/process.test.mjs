// A process ends when its work is done: an idle client does not hold it, calls in flight do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { httpServer, reply, runText, TOKEN } from "./support.mjs";

const start = (baseUrl) => `
  import { Penbox } from "penbox";
  const client = new Penbox({ token: "${TOKEN}", baseUrl: "${baseUrl}" });`;

test("an idle client does not keep the process alive", async () => {
  const ended = await runText(start("http://127.0.0.1:9/v1"), { limit: 8_000 });
  assert.deepEqual(ended, { code: 0, signal: null, timedOut: false, stdout: "", stderr: "" });
});

test("calls in flight do, and after the last the process ends by itself", async (t) => {
  // Eight seconds are less than the ten after which an idle thread ends: threads do not hold the process either.
  const server = await httpServer(t, (request, response) =>
    setTimeout(reply, 300, response, 200, { id: "a" }),
  );
  const ended = await runText(
    `${start(server.baseUrl)}
    client.forms.get("a").then((form) => console.log(form.id));
    client.forms.get("b").then((form) => client.forms.get("c")).then((form) => console.log(form.id));`,
    { limit: 8_000 },
  );
  assert.deepEqual(ended, { code: 0, signal: null, timedOut: false, stdout: "a\na\n", stderr: "" });
});

test("a call that fails at once holds nothing", async () => {
  const ended = await runText(
    `${start("http://127.0.0.1:9/v1")} client.forms.get("").catch((error) => console.log(error.name));`,
    { limit: 8_000 },
  );
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "InvalidArgumentError\n", ""]);
});

test("an error nobody handles ends the process as Node does, without the token", async () => {
  const ended = await runText(`${start("http://127.0.0.1:9/v1")} await client.forms.get("");`, {
    limit: 8_000,
  });
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /InvalidArgumentError: the parameter id is empty/);
  assert.ok(!ended.stderr.includes(TOKEN.slice(5, 17)));
});

test("an error of an iteration that nobody handles does so, too", async () => {
  const steps = [
    ["next()", /the connection was refused/],
    ["next(), forms.next()", /the connection was refused/],
    ['throw(new Error("not today"))', /not today/],
  ];
  for (const [step, said] of steps) {
    const ended = await runText(
      `${start("http://127.0.0.1:9/v1")}
      const forms = client.forms.list({}, { maxAttempts: 1 })[Symbol.asyncIterator]();
      forms.${step};`,
      { limit: 8_000 },
    );
    assert.equal(ended.code, 1, step);
    assert.match(ended.stderr, said, step);
  }
});
