// The package as users get it: linked from its folder and built there, or packed; as ESM and as CommonJS.
import assert from "node:assert/strict";
import { copyFile, cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import * as esm from "penbox";
import { folder, home, httpServer, reply, run, TOKEN } from "./support.mjs";

const require = createRequire(import.meta.url);
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const env = { PENBOX_NODE_PROFILE: process.env.PENBOX_NODE_PROFILE ?? "dev" };
const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];

test("ESM and CommonJS give the same objects", () => {
  const cjs = require("penbox");
  assert.deepEqual(Object.keys(esm).sort(), Object.keys(cjs).sort());
  for (const name of Object.keys(cjs)) assert.equal(esm[name], cjs[name], name);
  assert.throws(() => new cjs.Penbox({ token: "x" }), esm.ConfigError);
});

/** A project that uses the package both ways against a server. */
async function project(path, baseUrl) {
  await writeFile(join(path, "package.json"), '{ "name": "user", "private": true }');
  const settings = JSON.stringify({ token: TOKEN, baseUrl });
  await writeFile(
    join(path, "esm.mjs"),
    `import { Penbox } from "penbox";\nconsole.log((await new Penbox(${settings}).forms.get("a")).id);`,
  );
  await writeFile(
    join(path, "cjs.cjs"),
    `const { Penbox } = require("penbox");\nnew Penbox(${settings}).forms.get("b").then((form) => console.log(form.id));`,
  );
}

async function works(path) {
  for (const [file, id] of [
    ["esm.mjs", "a"],
    ["cjs.cjs", "b"],
  ]) {
    const { code, stdout, stderr } = await run([file], { cwd: path });
    assert.deepEqual([code, stdout, stderr], [0, `${id}\n`, ""], file);
  }
}

const server = (t) =>
  httpServer(t, (request, response) => reply(response, 200, { id: request.url.split("/").at(-1) }));

test("npm install FOLDER builds it and links it", { timeout: 600_000 }, async (t) => {
  const path = await folder(t);
  await project(path, (await server(t)).baseUrl);
  const installed = await run(["install", home, ...quiet], { program: npm, cwd: path, env, limit: 600_000 });
  assert.equal(installed.code, 0, installed.stderr);
  await works(path);
});

test("npm pack gives a package without scripts that works elsewhere", { timeout: 600_000 }, async (t) => {
  const path = await folder(t);
  await project(path, (await server(t)).baseUrl);
  const packed = await run(["pack", home, "--json", "--pack-destination", path, ...quiet], {
    program: npm,
    cwd: path,
    env,
    limit: 600_000,
  });
  assert.equal(packed.code, 0, packed.stderr);
  const tarball = (await readdir(path)).find((name) => name.endsWith(".tgz"));
  const installed = await run(["install", join(path, tarball), "--ignore-scripts", "--offline", ...quiet], {
    program: npm,
    cwd: path,
  });
  assert.equal(installed.code, 0, installed.stderr);
  const place = join(path, "node_modules", "penbox");
  const names = (await readdir(place)).sort();
  assert.deepEqual(names, [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "THIRD-PARTY-NOTICES.txt",
    "dist",
    "package.json",
    "penbox.node",
  ]);
  const { scripts, dependencies } = JSON.parse(await readFile(join(place, "package.json"), "utf8"));
  assert.deepEqual(
    Object.keys(scripts).filter((name) => /install/.test(name)),
    [],
  );
  assert.equal(dependencies, undefined);
  await works(path);
});

test("in a browser's bundle it throws, and says why", async () => {
  const text = 'import("penbox").catch((error) => console.log(error.message));';
  const { stdout } = await run(["--conditions=browser", "--input-type=module", "-e", text]);
  assert.match(stdout, /^penbox runs on servers only: in a browser everyone could read the token/);
});

test("without its addon, or with one of another platform, it says what to do", async (t) => {
  const path = await folder(t);
  const place = join(path, "node_modules", "penbox");
  await mkdir(place, { recursive: true });
  await cp(join(home, "dist"), join(place, "dist"), { recursive: true });
  await copyFile(join(home, "package.json"), join(place, "package.json"));
  const load = () =>
    run(["-p", 'try { require("penbox") } catch (error) { `${error.message}|${error.cause?.code}` }'], {
      cwd: path,
    });
  const platform = `${process.platform} ${process.arch}`;
  const absent = await load();
  assert.match(
    absent.stdout,
    new RegExp(`^penbox: there is no native addon for ${platform} .*npm run build.*\\|MODULE_NOT_FOUND`),
  );
  if (process.platform === "linux") assert.match(absent.stdout, /\((glibc [\d.]+|musl)\)/);
  await writeFile(join(place, "penbox.node"), "no library");
  const foreign = await load();
  assert.match(foreign.stdout, new RegExp(`^penbox: .*${platform}.*another platform.*\\|ERR_DLOPEN_FAILED`));
  await rm(path, { recursive: true });
});
