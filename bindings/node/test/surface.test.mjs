// The surface is what tests/spec says, and nothing else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as penbox from "penbox";
import { home, root, TOKEN } from "./support.mjs";

const { Penbox } = penbox;
const spec = (name) => JSON.parse(readFileSync(join(root, "tests", "spec", `${name}.json`), "utf8"));
const declared = (name) => readFileSync(join(home, "dist", "generated", `${name}.d.ts`), "utf8");
const model = (wanted) => spec("schema").models.find(({ name }) => name === wanted);
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

/** The fields of each interface in a declaration file, optional ones with a question mark. */
function interfaces(text) {
  return new Map(
    [...text.matchAll(/^export interface (\w+) \{\n([^]*?)^\}/gm)].map(([, name, body]) => [
      name,
      [...body.matchAll(/^ {4}(?:([\w$]+)|"([^"]+)")(\??):/gm)].map(
        ([, plain, quoted, optional]) => `${plain ?? quoted}${optional}`,
      ),
    ]),
  );
}

test("a resource has a method for each operation, and no other", () => {
  const client = new Penbox({ token: TOKEN });
  const wanted = {};
  for (const { id } of spec("operations").operations) {
    const [resource, method] = id.split(".").map(camel);
    (wanted[resource] ??= []).push(method);
  }
  const resources = Object.keys(client).filter((name) => !["auth", "baseUrl"].includes(name));
  assert.deepEqual(resources.sort(), Object.keys(wanted).sort());
  for (const [resource, methods] of Object.entries(wanted)) {
    const found = Object.getOwnPropertyNames(Object.getPrototypeOf(client[resource])).filter(
      (name) => name !== "constructor",
    );
    assert.deepEqual(found.sort(), methods.sort(), resource);
  }
  const own = Object.getOwnPropertyNames(Penbox.prototype).filter((name) => name !== "constructor");
  assert.deepEqual(own.sort(), ["auth", "cacheStats", "check", "clearCache", "close", "notifyForm", "request", "setToken", "stats", "withResponse"]);
});

test("the source, then path parameters, then the parameters, then where to, then the options", () => {
  for (const { id, path_parameters: path, params, transfer } of spec("operations").operations) {
    const [resource, method] = id.split(".");
    const pattern = new RegExp(`^    ${camel(method)}\\(([^)]*)\\):`, "m");
    const [, given] = declared(resource).match(pattern);
    const upload = transfer === "upload";
    const required = !upload && model(params)?.fields.some((field) => field.required) ? "" : "?";
    const wanted = [
      ...(upload ? ["source: FileSource"] : []),
      ...path.map((name) => `${name}: string`),
      ...(params === null ? [] : [`params${required}: ${params}${upload ? " & UploadOptions" : ""}`]),
      ...(transfer === "download" ? ["into?: DownloadOptions"] : []),
      "options?: CallOptions",
    ];
    assert.equal(given, wanted.join(", "), id);
  }
});

test("results are what the contract says", () => {
  for (const { id, result, list } of spec("operations").operations) {
    const [resource, method] = id.split(".");
    const pattern = new RegExp(`^    ${camel(method)}\\([^)]*\\): (.*);$`, "m");
    const [, given] = declared(resource).match(pattern);
    const written = {
      model: result.name,
      object: "Record<string, unknown>",
      list: `${result.of?.name}[]`,
      file: "File",
    }[result.kind];
    assert.equal(given, list ? `Pager<${written}>` : `Promise<${written}>`, id);
  }
});

test("every model has its fields under the wire's names, parameters also under identifiers", () => {
  const found = new Map([...interfaces(declared("models")), ...interfaces(declared("params"))]);
  const uploads = spec("operations").operations.filter(({ transfer }) => transfer === "upload");
  const named = (name) => uploads.some(({ params }) => params === name);
  const wanted = new Map(
    spec("schema").models.map(({ name, input, fields }) => [
      name,
      fields.flatMap((field) => {
        const optional = field.required && !(named(name) && field.name === "name") ? "" : "?";
        // `$eq` is an identifier as it is.
        const identifier = field.name.replace("-", "_");
        const both = input && identifier !== field.name;
        return [field.name + optional, ...(both ? [`${identifier}?`] : [])];
      }),
    ]),
  );
  assert.deepEqual([...found.keys()].sort(), [...wanted.keys()].sort());
  for (const [name, fields] of wanted) assert.deepEqual(found.get(name), fields, name);
});

test("every setting is there, and is accepted or judged", () => {
  const values = { text: "a", duration: 1000, integer: 10, flag: true, words: ["vault", "read"], callback: () => TOKEN };
  const special = {
    token: TOKEN,
    environment: "dev",
    baseUrl: "https://example.com/v1",
    rateLimit: "100/min",
    proxy: "http://127.0.0.1:1",
  };
  // Those that name what is not there.
  const judged = {
    environment: /PENBOX_API_TOKEN_DEV/,
    caFile: /of caFile cannot be read/,
    clientCert: /of clientCert cannot be read/,
    clientKey: /clientKey is set without clientCert/,
  };
  const settings = spec("settings").settings.map(({ name, kind }) => [
    camel(name) + (kind === "duration" ? "Ms" : ""),
    kind,
  ]);
  assert.deepEqual(
    interfaces(declared("settings")).get("PenboxSettings"),
    [...settings.map(([name]) => name), ...spec("settings").hooks.map(({ name }) => camel(name)), "logger", "logLevel"].map(
      (name) => `${name}?`,
    ),
  );
  for (const [name, kind] of settings) {
    const given = { token: TOKEN, [name]: special[name] ?? values[kind] };
    if (name === "environment" || name.startsWith("token")) delete given.token;
    if (name === "token" || name === "tokenName") given.token = TOKEN;
    if (name in judged) assert.throws(() => new Penbox(given), { code: "config", message: judged[name] });
    else new Penbox(given);
  }
});

test("the package exports the client, what it returns and the errors, and nothing else", () => {
  const { bases, kinds } = spec("errors");
  const wanted = [
    "Penbox",
    "Page",
    "Pager",
    "CheckReport",
    "ResponseHeaders",
    "WebhookVerifier", "WorkspaceClients",
    "processStats",
    ...bases.map((base) => base.class),
    ...kinds.map((kind) => kind.class),
  ];
  assert.deepEqual(Object.keys(penbox).sort(), wanted.sort());
});

test("versions agree", () => {
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const lock = JSON.parse(readFileSync(join(home, "package-lock.json"), "utf8"));
  const [, workspace] = readFileSync(join(root, "Cargo.toml"), "utf8").match(
    /\[workspace\.package\]\nversion = "([^"]+)"/,
  );
  assert.deepEqual([version, lock.version, lock.packages[""].version], [workspace, workspace, workspace]);
  assert.ok(!JSON.stringify(lock).includes("resolved"), "the lock file names no registry");
});
