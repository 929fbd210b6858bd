// The examples of receivers against the sandbox, which signs and delivers. PENBOX_WEBHOOK_DELIVERIES sets the number of deliveries of the
// long run, 300 by default.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { Penbox } from "penbox";
import { clean, home, sandbox } from "./support.mjs";

const COUNT = Number(process.env.PENBOX_WEBHOOK_DELIVERIES ?? 300);
const NAMES = ["express_receiver", "http_receiver"];

/** A port that nobody has now: the address has to be known before the receiver starts. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a receiver. `lines` are the events that it has worked on, `errors` what it said of refusals. */
async function receiver(t, name, issuer) {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}/hooks/penbox`;
  const child = spawn(process.execPath, [join(home, "examples", `${name}.mjs`), address, String(port)], {
    env: { ...clean, PENBOX_WEBHOOK_ISSUER: issuer },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const facts = { address, lines: [], errors: [], child };
  t.after(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  createInterface({ input: child.stderr }).on("line", (line) => facts.errors.push(line));
  const lines = createInterface({ input: child.stdout });
  const [first] = await once(lines, "line");
  assert.equal(first, `listening on ${port}`);
  lines.on("line", (line) => facts.lines.push(line));
  return facts;
}

/** Waits until something is so. */
async function until(what, isSo, limit = 60_000) {
  for (const start = Date.now(); !(await isSo()); await new Promise((done) => setTimeout(done, 20)))
    assert.ok(Date.now() < start + limit, what);
}

async function scene(t, name) {
  const box = await sandbox(t);
  const issuer = `${new URL(box.baseUrl).origin}/`;
  const made = await receiver(t, name, issuer);
  const client = new Penbox(box.settings);
  const create = () =>
    client.forms.create({ flow: { slug: "client-onboarding" }, webhooks: { [made.address]: ["requests:created", "responses:completed"] } });
  const deliveries = async () => (await box.steer("GET", "webhooks/deliveries")).deliveries;
  const settled = (count) =>
    until(`${count} deliveries end`, async () => {
      const all = await deliveries();
      return all.length === count && all.every(({ state }) => state !== "pending");
    });
  const statuses = async () => (await deliveries()).map(({ attempts }) => attempts.map(({ status }) => status));
  return { ...box, ...made, create, deliveries, settled, statuses };
}

for (const name of NAMES) {
  test(`${name} takes the sandbox's deliveries, each once, and refuses what is spoiled`, async (t) => {
    const { steer, create, settled, statuses, deliveries, lines, errors } = await scene(t, name);
    const form = await create();
    await settled(1);
    await steer("POST", `forms/${form.id}/complete`, { data: { city: "Ghent" } });
    await settled(2);
    await until("two events", () => lines.length === 2);
    assert.deepEqual(lines, [`${form.id} requests:created`, `${form.id} responses:created responses:completed`]);
    assert.deepEqual(await statuses(), [[204], [204]]);
    const [{ id }] = await deliveries();
    // The same bytes again, as a thief would send them: accepted before, so it is no failure and no event.
    await steer("POST", `webhooks/deliveries/${id}/replay`);
    await settled(3);
    await steer("PUT", "webhooks", { attempts: 1 });
    for (const tamper of ["body", "other_key", "alg_none", "signature_twice", "digest_missing", "audience", "expired"])
      await steer("POST", `webhooks/deliveries/${id}/replay`, { tamper });
    await settled(10);
    assert.deepEqual((await statuses()).slice(2), [[204], ...Array(7).fill([401])]);
    assert.deepEqual([lines.length, errors.length], [2, 7]);
  });

  test(`${name} asks for the delivery again while the keys are away`, async (t) => {
    const { steer, create, settled, statuses, lines } = await scene(t, name);
    await steer("PUT", "webhooks", { key_set: "error", attempts: 1 });
    const form = await create();
    await settled(1);
    assert.deepEqual(await statuses(), [[503]]);
    await steer("PUT", "webhooks", { key_set: "served", attempts: 5, backoff_ms: 1_100 });
    const again = await create();
    await settled(2);
    await until("an event", () => lines.length === 1);
    assert.deepEqual(lines, [`${again.id} requests:created`]);
    assert.notEqual(form.id, again.id);
  });
}

test(`of ${COUNT} deliveries to an Express receiver each is accepted once`, { timeout: 1_200_000 }, async (t) => {
  const { settings, steer, address, lines, errors, deliveries } = await scene(t, "express_receiver");
  const client = new Penbox({ ...settings, maxWorkers: 16 });
  const webhooks = { [address]: ["requests:created"] };
  const ids = new Set();
  const started = performance.now();
  let left = COUNT;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      ids.add((await client.forms.create({ flow: { slug: "client-onboarding" }, webhooks })).id);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  await until("all are delivered", () => lines.length >= COUNT, 1_000_000);
  const seconds = (performance.now() - started) / 1000;
  const all = await deliveries();
  assert.ok(all.every(({ state, attempts }) => state === "delivered" && attempts.length === 1));
  assert.deepEqual(new Set(lines.map((line) => line.split(" ")[0])), ids);
  assert.deepEqual([ids.size, lines.length, errors.length], [COUNT, COUNT, 0]);
  t.diagnostic(`${COUNT} deliveries in ${seconds.toFixed(1)} s`);
  assert.ok((await steer("GET", "requests")).requests.length > 0);
});
