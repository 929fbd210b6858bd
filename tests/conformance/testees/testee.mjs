// The testee of Node: a call a line on stdin, what came of it a line on stdout. See ../README.md.
import { createReadStream, createWriteStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const place = process.env.PENBOX_NODE_MODULE;
const { Penbox, PenboxError, WebhookVerifier } = await import(
  place ? pathToFileURL(place) : "../../../bindings/node/dist/index.mjs"
);

const spec = (name) => JSON.parse(readFileSync(new URL(`../../spec/${name}.json`, import.meta.url), "utf8"));
const names = new Set(
  spec("settings").settings.map(({ name, kind }) => (kind === "duration" ? `${name}_ms` : name)),
);
const operations = new Map(spec("operations").operations.map((operation) => [operation.id, operation]));

/** `timeoutMs` for `timeout_ms`; what is no setting keeps its name. */
const inCamel = (members) =>
  Object.fromEntries(
    Object.entries(members ?? {}).map(([name, value]) => [names.has(name) ? camel(name) : name, value]),
  );
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

/** Makes a call with all that is done around it. */
async function made(client, operation, params, options, files, around = {}) {
  const call = () => called(client, operation, params, options, files);
  for (let calls = 0; calls < (around.before ?? 0); calls += 1) await call().catch(only);
  if (around.set_token !== undefined) client.setToken(around.set_token);
  if (around.clear_cache === true) client.clearCache();
  const came = around.at_once === undefined ? call() : atOnce(around.at_once, call);
  if (around.stats === undefined) return came;
  await came.catch(only);
  return statsOf(client, around.stats);
}

/** Swallows the errors of calls. */
function only(error) {
  if (!(error instanceof PenboxError)) throw error;
}

/** The result of a call that so many callers make at once, and that comes to the same for each. */
async function atOnce(callers, call) {
  const results = await Promise.all(Array.from({ length: callers }, call));
  if (new Set(results.map((result) => JSON.stringify(result))).size > 1) throw new Error("two callers were told different things");
  return results[0];
}

/** The members of these names; of an operation the calls and the errors, for times are never the same. */
function statsOf(client, names) {
  const { operations, ...all } = client.stats();
  const counts = Object.entries(operations).map(([name, { calls, errors }]) => [idOf(name), { calls, errors }]);
  const told = { ...all, operations: Object.fromEntries(counts) };
  return Object.fromEntries(names.map((name) => [name, told[camel(name)] ?? null]));
}

/** The id of an operation that has this name in Node. */
const idOf = (name) => [...operations.keys()].find((id) => camel(id) === name) ?? name;

/** A callback that gives these tokens in order, the last one again and again; an empty text is a failure. */
function providerOf(tokens) {
  let asked = 0;
  return () => {
    const token = tokens[Math.min(asked++, tokens.length - 1)];
    if (token === "") throw new Error("the vault is sealed");
    return token;
  };
}

/** Whether all is well, and each finding that says otherwise. */
function checked({ ok, findings }) {
  return { ok, findings: findings.filter(({ level }) => level !== "ok").map(({ level, id }) => `${level} ${id}`) };
}

/** Calls the method: values of the path one by one, then the other parameters where there are any, then the options. */
async function called(client, operation, { ...params }, { resume, again = 0, with_response: names, ...options }, files) {
  for (let calls = 0; calls < again; calls += 1) await called(client, operation, params, options, files);
  if (names !== undefined) return answered(await called(client.withResponse, operation, params, options, files), names);
  if (operation === "request") {
    const { method, path, ...parts } = params;
    return client.request(method, path, parts, options);
  }
  if (operation === "check") return checked(await client.check(params, options));
  const { id, path_parameters: path, params: others, list, transfer } = operations.get(operation);
  const [resource, method] = id.split(".").map(camel);
  const values = path.map((name) => {
    const value = params[name];
    delete params[name];
    return value;
  });
  const given = others === null ? [] : [params];
  const call = (...more) => client[resource][method](...more, options);
  if (transfer === "upload") return call(files.source(), { ...params, ...files.watch });
  if (transfer === "download") return files.facts(await call(...values, ...given, files.into()));
  return list ? all(call(...values, ...given), resume) : call(...values, ...given);
}

/** A result and its HTTP side, with the headers of these names. */
function answered({ data, status, requestId, attempts, fromCache, headers }, names) {
  const named = Object.fromEntries(names.map((name) => [name, headers.get(name) ?? null]));
  return { data, status, request_id: requestId ?? null, attempts, from_cache: fromCache, headers: named };
}

/** What a call that moves a file is given, and what it tells. */
function moving({ file, to, progress }, told) {
  const hear = (moved, total) => {
    told.push([moved, total ?? null]);
    return progress !== "cancel";
  };
  const watch = progress === undefined ? {} : { onProgress: hear };
  const targets = { memory: () => undefined, writer: (path) => createWriteStream(path) };
  return {
    watch,
    source: () => ({ bytes: readFileSync, reader: createReadStream })[file.way]?.(file.path) ?? file.path,
    into: () => {
      const target = targets[to.way] ?? ((path) => path);
      return { to: target(to.path), overwrite: to.overwrite, ...watch };
    },
    facts({ path, content, name, contentType, size, sha256 }) {
      if (content !== undefined) writeFileSync(to.path, content);
      return { path, name, content_type: contentType, size, sha256 };
    },
  };
}

/** The items of a list, which is gone on with after so many errors. */
async function all(pager, resume = 0) {
  const items = [];
  const iterator = pager[Symbol.asyncIterator]();
  for (let errors = 0; ; errors += 1) {
    try {
      for await (const item of iterator) items.push(item);
      return items;
    } catch (error) {
      if (errors === resume) throw error;
    }
  }
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
    curl: error.curl(),
  };
}

/** The options of the call: `cancel_after_ms` is a signal here. */
function changes({ cancel_after_ms: after, ...options }) {
  return after === undefined ? inCamel(options) : { ...inCamel(options), signal: AbortSignal.timeout(after) };
}

/** Gives a delivery to a new verifier: to the methods that come before, and to that of the operation. */
async function delivered(operation, { url, settings, headers, body, before = [] }) {
  const verifier = new WebhookVerifier(url, Object.fromEntries(Object.entries(settings).map(([name, value]) => [camel(name), value])));
  const bytes = Buffer.from(body);
  const call = (method) => (method === "forget" ? verifier.forget(headers) : verifier[method](headers, bytes));
  for (const method of before) await call(method).catch(only);
  return (await call(operation.replace("webhook.", ""))) ?? null;
}

/** Closes the client as soon as this file is there. */
async function closeWhen(sign, client) {
  while (!existsSync(sign)) await new Promise((done) => setTimeout(done, 2));
  await client.close();
}

/** A second client, which calls while the first one meets a fault. */
class Second {
  over = false;
  calls = 0;

  /** Makes the first call, and starts the others. */
  async start(settings) {
    this.client = new Penbox(inCamel(settings));
    await this.client.forms.get("beside");
    this.called = this.call();
    // Whoever ends it hears of it.
    this.called.catch(() => undefined);
    return this;
  }

  async call() {
    for (this.calls = 1; !this.over; this.calls += 1) {
      await new Promise((done) => setTimeout(done, 20));
      await this.client.forms.get("beside");
    }
  }

  async end() {
    this.over = true;
    try {
      await this.called;
      return { calls: this.calls };
    } finally {
      await this.client.close();
    }
  }
}

let second;

/** Starts the second client, or ends it: then the number of its calls is told. */
async function change({ settings }) {
  if (settings === undefined) return second.end();
  second = await new Second().start(settings);
  return null;
}

/** The client that the next calls without settings are made by. */
let kept;

async function answer({ id, operation, params, settings, keep, close_when, beside, options, around, webhook, ...rest }) {
  const progress = [];
  let client = kept;
  try {
    if (webhook !== undefined) return { id, result: await delivered(operation, webhook), progress };
    if (beside !== undefined) return { id, result: await change(beside), progress };
    // Node reads the environment unasked.
    delete settings?.from_env;
    const provider = around?.provider === undefined ? {} : { tokenProvider: providerOf(around.provider) };
    client = settings === undefined ? kept : new Penbox({ ...inCamel(settings), ...provider });
    kept = keep === true ? client : undefined;
    if (operation === undefined) return { id, result: null, progress };
    const files = moving(rest, progress);
    if (close_when !== undefined) closeWhen(close_when, client);
    const result = await made(client, operation, params ?? {}, changes(options ?? {}), files, around);
    return { id, result, progress };
  } catch (error) {
    if (error instanceof PenboxError) return { id, error: told(error), progress };
    throw error;
  } finally {
    if (client !== kept) await client?.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = await answer(JSON.parse(line));
  // Where the runner asks for it, what nobody holds any more is gone before the answer.
  if (globalThis.gc !== undefined && kept === undefined) {
    for (let round = 0; round < 3; round += 1) {
      globalThis.gc();
      await new Promise(setImmediate);
    }
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
