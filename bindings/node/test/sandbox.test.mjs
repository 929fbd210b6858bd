// Operations, end to end against the sandbox.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthenticationError, InvalidArgumentError, NotFoundError, Page, Pager, Penbox, RateLimitError } from "penbox";
import { failure, gate, httpServer, reply, sandbox } from "./support.mjs";

test("a form is created, read and listed", async (t) => {
  const { settings, steer } = await sandbox(t);
  const client = new Penbox(settings);
  const form = await client.forms.create({
    flow: { slug: "client-onboarding" },
    user: { email: "john@example.com", given_name: "John" },
    external_args: { crm: { id: 7 } },
    data: { été: ["☂", 1.5, null, true] },
  });
  assert.equal(typeof form.id, "string");
  assert.equal(form.user?.given_name, "John");
  assert.deepEqual(form.external_args, { crm: { id: 7 } });
  assert.deepEqual(form.data, { été: ["☂", 1.5, null, true] });

  const again = await client.forms.get(form.id);
  assert.equal(again.id, form.id);
  assert.equal(Object.getPrototypeOf(again), Object.prototype, "results are plain objects");

  const listed = [];
  for await (const each of client.forms.list({ user: { email: "john@example.com" } })) listed.push(each.id);
  assert.deepEqual(listed, [form.id]);

  const { requests } = await steer("GET", "requests");
  assert.deepEqual(
    requests.map(({ method, path, status }) => [method, path, status]),
    [
      ["POST", "/v1/forms", 201],
      ["GET", `/v1/forms/${form.id}`, 200],
      ["GET", "/v1/forms", 200],
    ],
  );
  const sent = requests.map(({ headers }) => Object.fromEntries(headers)["user-agent"]);
  assert.ok(
    sent.every((agent) => /^penbox-node\/0\.1\.0$/.test(agent)),
    String(sent),
  );
});

test("workspaces are listed", async (t) => {
  const { settings } = await sandbox(t);
  const slugs = [];
  for await (const workspace of new Penbox(settings).workspaces.list()) slugs.push(workspace.slug);
  assert.deepEqual(slugs, ["acme-corp"]);
});

test("a list is fetched lazily, page by page, and can be iterated again", async (t) => {
  const { settings, steer } = await sandbox(t);
  const { ids } = await steer("POST", "forms", { count: 25 });
  const client = new Penbox({ ...settings, pageSize: 10 });
  const asked = async () => {
    const { requests } = await steer("GET", "requests");
    await steer("DELETE", "requests");
    return requests.filter(({ path }) => path === "/v1/forms").length;
  };
  await asked();

  const pager = client.forms.list();
  assert.ok(pager instanceof Pager);
  assert.equal(await asked(), 0, "nothing is sent before it is asked for");

  for await (const form of pager) {
    assert.equal(form.id, ids.at(-1), "newest first");
    break;
  }
  assert.equal(await asked(), 1, "leaving early asks for no more");

  const all = [];
  for await (const form of pager) all.push(form.id);
  assert.deepEqual(all, [...ids].reverse());
  assert.equal(await asked(), 3);

  const pages = [];
  for await (const page of pager.pages()) pages.push(page);
  assert.deepEqual(
    pages.map((page) => page.length),
    [10, 10, 5],
  );
  assert.deepEqual(
    pages.flatMap((page) => [...page]).map((form) => form.id),
    all,
  );
  assert.equal(pages[1]?.meta?.current_page, 2);
  assert.equal(await asked(), 3);

  const second = await pager.page(2);
  assert.ok(second instanceof Page);
  assert.deepEqual(
    second.data.map((form) => form.id),
    all.slice(10, 20),
  );
  assert.equal(await asked(), 1);

  assert.equal(await pager.totalCount(), 25);
  assert.equal(await asked(), 0, "the number is known from a page that was fetched");
  assert.equal(await client.forms.list({ page: { size: 1 } }).totalCount(), 25);
  assert.equal(await asked(), 1);
});

test("a page is fetched ahead where it is wanted", async (t) => {
  const second = gate();
  const server = await httpServer(t, (request, response) => {
    const number = Number(new URL(request.url, "http://x").searchParams.get("page[number]"));
    if (number === 2) second.open();
    const meta = { current_page: number, total_pages: 2 };
    reply(response, 200, { data: [{ id: `f${number}` }], meta });
  });
  const list = new Penbox(server.settings).forms.list().prefetch();
  const forms = list[Symbol.asyncIterator]();
  assert.equal((await forms.next()).value.id, "f1");
  await second.passed;
  assert.equal((await forms.next()).value.id, "f2");
  assert.ok((await forms.next()).done);
});

test("a list is collected up to a limit, and no further", async (t) => {
  const { settings, steer } = await sandbox(t);
  const { ids } = await steer("POST", "forms", { count: 12 });
  const pager = new Penbox({ ...settings, pageSize: 5 }).forms.list();
  const newest = [...ids].reverse();
  const collected = async (options) => (await pager.collect(options)).map((form) => form.id);
  assert.deepEqual(await collected({ limit: 0 }), []);
  assert.deepEqual(await collected({ limit: 5 }), newest.slice(0, 5));
  assert.equal((await steer("GET", "requests")).requests.length, 1);
  assert.deepEqual(await collected({ limit: 7 }), newest.slice(0, 7));
  assert.deepEqual(await collected(), newest);
  for (const limit of [-1, 1.5, Number.NaN, "2", null]) {
    await assert.rejects(pager.collect({ limit }), InvalidArgumentError);
  }
});

for (const [size, count, ahead] of [[100, 350, false], [100, 350, true], [1, 40, false], [7, 60, true]]) {
  test(`every form is met though each leaves the list: ${count} by ${size}${ahead ? " ahead" : ""}`, async (t) => {
    const { settings, steer } = await sandbox(t);
    const { ids } = await steer("POST", "forms", { count, status: "completed" });
    const client = new Penbox(settings);
    const list = client.forms.list({ completed: true, processed: false, page: { size } });
    const met = [];
    for await (const form of ahead ? list.prefetch() : list) {
      await client.forms.update(form.id, { processed: true });
      met.push(form.id);
    }
    assert.deepEqual(met.sort(), ids.sort());
  });
}

for (const sort of ["+updated_at", "-updated_at"]) {
  test(`every form is met though each moves: ${sort}`, async (t) => {
    const { settings, steer } = await sandbox(t);
    const { ids } = await steer("POST", "forms", { count: 120, status: "completed" });
    const client = new Penbox(settings);
    const met = [];
    for await (const page of client.forms.list({ sort, page: { size: 25 } }).pages()) {
      // All at once: the client's other calls are on their way while the next page is asked for.
      await Promise.all(page.data.map(({ id }) => client.forms.update(id, { processed: true })));
      met.push(...page.data.map(({ id }) => id));
    }
    assert.deepEqual(met.sort(), ids.sort());
  });
}

test("two iterations of one list do not disturb each other", async (t) => {
  const { settings, steer } = await sandbox(t);
  const { ids } = await steer("POST", "forms", { count: 12 });
  const pager = new Penbox({ ...settings, pageSize: 5 }).forms.list();
  const collect = async () => {
    const found = [];
    for await (const form of pager) found.push(form.id);
    return found;
  };
  const newest = [...ids].reverse();
  assert.deepEqual(await Promise.all([collect(), collect()]), [newest, newest]);
});

test("the API's errors are classes", async (t) => {
  const { settings, steer } = await sandbox(t);
  const client = new Penbox(settings);
  const missing = await failure(() => client.forms.get("00000000-0000-4000-8000-000000000000"));
  assert.ok(missing instanceof NotFoundError);
  assert.equal(missing.httpStatus, 404);
  assert.match(missing.requestId ?? "", /^sandbox-/);
  const stranger = await failure(() => new Penbox({ ...settings, token: "pnbx_nobody" }).forms.get("a"));
  assert.ok(stranger instanceof AuthenticationError);
  assert.equal(stranger.message, "Invalid token");
  await steer("PUT", "rate_limit", { requests: 0, window_ms: 1000, retry_after: 60 });
  const once = { maxAttempts: 1 };
  const limited = await failure(() => client.forms.create({ flow: { slug: "client-onboarding" } }, once));
  assert.ok(limited instanceof RateLimitError);
  assert.deepEqual([limited.retryAfterMs, limited.outcome, limited.retryable], [60_000, "rejected", true]);
});

test("a form's life: created, answered, its files read and downloaded, archived", async (t) => {
  const { settings, steer } = await sandbox(t);
  const client = new Penbox(settings);
  const attachment = await client.attachments.upload(Buffer.from("%PDF-1.4 a"), { name: "contract.pdf" });
  assert.equal(attachment.name, "contract.pdf");
  assert.equal(attachment.type, "application/pdf");
  assert.equal((await client.attachments.get(attachment.id)).metadata?.size, 10);
  const file = await client.attachments.download(attachment.id);
  assert.equal(file.content?.toString(), "%PDF-1.4 a");
  assert.deepEqual([file.name, file.contentType, file.size], ["contract.pdf", "application/pdf", 10]);

  const form = await client.forms.create({ flow: { slug: "client-onboarding" } });
  const done = await steer("POST", `forms/${form.id}/complete`, {
    data: { iban: "BE68" },
    attachments: [{ id: attachment.id }],
    signature: { key: "contract" },
  });
  const response = await client.responses.get(done.response_id);
  assert.equal(response.id, done.response_id);
  assert.equal(response.data?.iban, "BE68");
  const pdf = await client.responses.downloadPdf(done.response_id);
  assert.match(pdf.content?.toString("latin1") ?? "", /^%PDF/);
  assert.equal((await client.signatures.get(done.signature_id)).id, done.signature_id);
  assert.ok((await client.signatures.download(done.signature_id)).size > 0);
  const merged = await client.attachments.downloadMerged({ ids: done.attachment_ids, filename: "all" });
  assert.match(merged.content?.toString("latin1") ?? "", /^%PDF/);

  const count = await client.forms.count({ group_by: "status" });
  assert.equal(count.count, 1);
  assert.deepEqual(count.by, { status: { completed: 1 } });
  assert.equal((await client.forms.update(form.id, { archived: true })).archived, true);
});

test("templates, cases and document intelligence", async (t) => {
  const { settings } = await sandbox(t);
  const client = new Penbox(settings);
  const [template] = (await client.formTemplates.list().page(1)).data;
  assert.ok(template);
  assert.ok(Array.isArray(await client.formTemplates.steps(template.slug)));
  assert.equal(typeof (await client.formTemplates.options(template.slug)), "object");

  const [plan] = (await client.caseTemplates.list().page(1)).data;
  const { steps } = await client.caseTemplates.get(plan.id);
  const made = await client.cases.create({ template: { id: plan.id }, title: "A claim" });
  assert.equal((await client.cases.get(made.id)).title, "A claim");
  assert.equal((await client.cases.count()).count, 1);
  const changed = await client.cases.updateContacts(made.id, { contacts: [{ email: "a@b.c" }] });
  assert.equal(changed.contacts?.[0]?.email, "a@b.c");
  const started = await client.cases.startStep(made.id, steps[0].id);
  assert.equal(started.steps?.[0]?.status, "started");
  const listed = [];
  for await (const each of client.cases.list({ archived: false })) listed.push(each.id);
  assert.deepEqual(listed, [made.id]);

  const { id } = await client.attachments.upload(Buffer.from("a"), { name: "id.txt" });
  const extraction = await client.documentIntelligence.extract({
    attachments: [{ id }],
    fields: [{ name: "Name", type: "text" }],
  });
  assert.equal(extraction.results?.fields?.length, 1);
  assert.equal((await client.documentIntelligence.get(extraction.id)).id, extraction.id);
});
