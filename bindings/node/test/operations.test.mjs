// What all operations together bring: paths of several values, results of every kind, nulls, names that are no identifiers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidArgumentError, Penbox } from "penbox";
import { failure, httpServer, reply } from "./support.mjs";

/** A server that answers with `value` and keeps the requests. */
async function echo(t, value) {
  const facts = await httpServer(t, async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    facts.requests.push({ method: request.method, url: request.url, body: text && JSON.parse(text) });
    reply(response, 200, value);
  });
  facts.requests = [];
  facts.client = new Penbox(facts.settings);
  return facts;
}

test("a null is sent, what is absent is not", async (t) => {
  const { client, requests } = await echo(t, { id: "a" });
  assert.deepEqual(await client.forms.update("a", { active_until: null, archived: undefined }), { id: "a" });
  assert.deepEqual(requests, [{ method: "PATCH", url: "/v1/forms/a", body: { active_until: null } }]);
});

test("a path of several values, with a body and without", async (t) => {
  const { client, requests } = await echo(t, { id: "c" });
  await client.cases.startStep("c", "first step", { data: { type: 1 } });
  await client.cases.startStep("c", "b");
  assert.deepEqual(
    requests.map(({ url }) => url),
    ["/v1/cases/c/start/first%20step", "/v1/cases/c/start/b"],
  );
  assert.deepEqual(requests[0].body, { data: { type: 1 } });
  const error = await failure(() => client.cases.startStep("c"));
  assert.ok(error instanceof InvalidArgumentError);
});

test("a parameter answers to the wire's name and to an identifier", async (t) => {
  const { client, requests } = await echo(t, { count: 2, by: { a: 2 } });
  assert.deepEqual(await client.forms.count({ "group-by": "status" }), { count: 2, by: { a: 2 } });
  assert.deepEqual(await client.forms.count({ group_by: "status" }), { count: 2, by: { a: 2 } });
  assert.deepEqual(await client.forms.count(), { count: 2, by: { a: 2 } });
  assert.deepEqual(
    requests.map(({ url }) => url),
    ["/v1/forms/count?group-by=status", "/v1/forms/count?group-by=status", "/v1/forms/count"],
  );
  for (const params of [{ group_by: "a", "group-by": "b" }, "status", null, ["group_by"]]) {
    assert.ok((await failure(() => client.forms.count(params))) instanceof InvalidArgumentError);
  }
});

test("an object and a list come as the server sent them", async (t) => {
  const options = await echo(t, { constructor: 1, type: { "user-agent": "x" } });
  assert.deepEqual(await options.client.formTemplates.options("a"), {
    constructor: 1,
    type: { "user-agent": "x" },
  });
  const steps = await echo(t, [{ id: "s1", elements: [{ key: "a", type: "text" }] }]);
  assert.deepEqual(await steps.client.formTemplates.steps("a"), [
    { id: "s1", elements: [{ key: "a", type: "text" }] },
  ]);
});
