// The testee of Node: a call a line on stdin, what came of it a line on stdout. See ../README.md.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const place = process.env.PENBOX_NODE_MODULE;
const { Penbox, PenboxError } = await import(
  place ? pathToFileURL(place) : "../../../bindings/node/dist/index.mjs"
);

const spec = JSON.parse(readFileSync(new URL("../../spec/settings.json", import.meta.url), "utf8"));
const names = new Set(spec.settings.map(({ name, kind }) => (kind === "duration" ? `${name}_ms` : name)));

/** `timeoutMs` for `timeout_ms`; what is no setting keeps its name. */
const inCamel = (members) =>
  Object.fromEntries(
    Object.entries(members ?? {}).map(([name, value]) => [names.has(name) ? camel(name) : name, value]),
  );
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

const operations = {
  "workspaces.list": (client, params, options) => all(client.workspaces.list(params, options)),
  "forms.list": (client, params, options) => all(client.forms.list(params, options)),
  "forms.create": (client, params, options) => client.forms.create(params, options),
  "forms.get": (client, { id }, options) => client.forms.get(id, options),
};

async function all(pager) {
  const items = [];
  for await (const item of pager) items.push(item);
  return items;
}

function told(error) {
  return {
    kind: error.kind,
    class: error.name,
    message: error.message,
    hint: error.hint,
    reason: error.reason,
    phase: error.phase,
    http_status: error.httpStatus,
    title: error.title,
    body: error.body,
    operation: error.operation,
    method: error.method,
    path: error.path,
    attempts: error.attempts,
    retry_after_ms: error.retryAfterMs,
    outcome: error.outcome,
    retryable: error.retryable,
    request_id: error.requestId,
    support_report: error.supportReport(),
  };
}

async function answer({ id, operation, params, settings, options }) {
  let client;
  try {
    client = new Penbox(inCamel(settings));
    return { id, result: await operations[operation](client, params ?? {}, inCamel(options)) };
  } catch (error) {
    if (error instanceof PenboxError) return { id, error: told(error) };
    throw error;
  } finally {
    await client?.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
