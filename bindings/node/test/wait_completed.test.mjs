// Waits for a form, as Node sees them: what ends them, and the hint of a webhook's receiver.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { APITimeoutError, CancelledError, ClosedError, InvalidArgumentError, NotCompletedError, Penbox } from "penbox";
import { failure, sandbox } from "./support.mjs";

/** A sandbox with a pending form, and a client. */
async function pending(t) {
  const { settings, steer } = await sandbox(t);
  const client = new Penbox(settings);
  const form = await client.forms.create({ flow: { slug: "client-onboarding" } });
  const looked = async (count) => {
    const deadline = Date.now() + 30_000;
    while ((await steer("GET", "requests")).requests.length < count) {
      assert.ok(Date.now() < deadline);
      await sleep(20);
    }
  };
  return { client, form, steer, looked };
}

test("a form that the contact completes is the result", async (t) => {
  const { client, form, steer } = await pending(t);
  const completed = sleep(300).then(() => steer("POST", `forms/${form.id}/complete`));
  const done = await client.forms.waitCompleted(form.id, { timeoutMs: 3_600_000 });
  await completed;
  assert.equal(done.status, "completed");
  client.close();
});

test("a hint ends the pauses of any number of waits", async (t) => {
  const { client, form, steer, looked } = await pending(t);
  const waits = Array.from({ length: 5 }, () => client.forms.waitCompleted(form.id, { timeoutMs: 3_600_000 }));
  // The create and six looks each: the next pause is six seconds at the least.
  await looked(31);
  await steer("POST", `forms/${form.id}/complete`);
  assert.equal(client.notifyForm("another"), 0);
  assert.equal(client.notifyForm(form.id), 5);
  for (const done of await Promise.all(waits)) assert.equal(done.id, form.id);
  assert.equal(client.notifyForm(form.id), 0);
  assert.equal((await steer("GET", "requests")).requests.length, 36);
  assert.throws(() => client.notifyForm(5), InvalidArgumentError);
  client.close();
});

test("what cannot be completed ends the wait", async (t) => {
  const { client, form } = await pending(t);
  await client.forms.update(form.id, { archived: true });
  const error = await failure(() => client.forms.waitCompleted(form.id));
  assert.ok(error instanceof NotCompletedError);
  assert.deepEqual([error.kind, error.reason, error.outcome], ["not_completed", "form_archived", "done"]);
  assert.match(error.body, new RegExp(form.id));
  assert.match(error.hint, /forms\.update/);
  client.close();
});

test("the timeout is the whole wait", async (t) => {
  const { client, form } = await pending(t);
  const error = await failure(() => client.forms.waitCompleted(form.id, { timeoutMs: 1000 }));
  assert.ok(error instanceof APITimeoutError);
  assert.match(error.message, /its status is pending/);
  assert.equal(error.retryable, true);
  client.close();
});

test("a signal and a close end the wait", async (t) => {
  const { client, form, looked } = await pending(t);
  const controller = new AbortController();
  const cancelled = failure(() => client.forms.waitCompleted(form.id, { timeoutMs: 3_600_000, signal: controller.signal }));
  const closed = failure(() => client.forms.waitCompleted(form.id, { timeoutMs: 3_600_000 }));
  await looked(9);
  controller.abort();
  assert.ok((await cancelled) instanceof CancelledError);
  client.close();
  const error = await closed;
  assert.ok(error instanceof ClosedError);
  assert.equal(error.outcome, "done");
});
