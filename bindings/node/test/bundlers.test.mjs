// Bundlers: the package stays out of the bundle, or its addon is copied, or the bundle says what to write.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { before, test } from "node:test";
import { folder, home, httpServer, reply, run, TOKEN } from "./support.mjs";

const tools = join(home, "test", "bundlers");
const require = createRequire(join(tools, "package.json"));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const FORMATS = [
  ["cjs", "out.cjs"],
  ["esm", "out.mjs"],
];

before(
  async () => {
    if (existsSync(join(tools, "node_modules", "esbuild"))) return;
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const done = await run(args, { program: npm, cwd: tools, limit: 300_000 });
    assert.equal(done.code, 0, done.stderr);
  },
  { timeout: 300_000 },
);

/** A project with the package in its node_modules and a program that makes a call. */
async function project(t) {
  const path = await folder(t);
  const { baseUrl } = await httpServer(t, (request, response) => reply(response, 200, { id: "a" }));
  await mkdir(join(path, "node_modules"));
  await symlink(home, join(path, "node_modules", "penbox"), "junction");
  const settings = JSON.stringify({ token: TOKEN, baseUrl });
  const call = `console.log((await new Penbox(${settings}).forms.get("a")).id);`;
  const entry = join(path, "main.mjs");
  await writeFile(entry, `import { Penbox } from "penbox";\n(async () => { ${call} })();\n`);
  return { path, entry };
}

async function esbuild({ path, entry }, format, file, options) {
  const { build } = require("esbuild");
  const made = await build({
    entryPoints: [entry],
    outfile: join(path, "dist", file),
    bundle: true,
    platform: "node",
    format,
    logLevel: "silent",
    absWorkingDir: path,
    ...options,
  });
  assert.deepEqual(made.warnings, []);
  return run([join(path, "dist", file)], { cwd: path });
}

async function rollup({ path, entry }, format, file, options) {
  const { rollup } = require("rollup");
  const plugins = [
    require("@rollup/plugin-node-resolve").nodeResolve({ exportConditions: ["node"] }),
    require("@rollup/plugin-commonjs")({ ignoreDynamicRequires: true }),
  ];
  const onLog = (level, log) => assert.notEqual(level, "error", log.message);
  const bundle = await rollup({ input: entry, plugins, onLog, ...options });
  await bundle.write({ file: join(path, "dist", file), format, inlineDynamicImports: true });
  await bundle.close();
  return run([join(path, "dist", file)], { cwd: path });
}

function says(done, name) {
  assert.notEqual(done.code, 0, `${name}: ${done.stdout}`);
  assert.match(done.stderr, /penbox: the package was bundled, and its native addon cannot be part of a bundle/, name);
  for (const part of ['serverExternalPackages: ["penbox"]', 'external: ["penbox"]', "externals", "vite", "rollup"]) {
    assert.ok(done.stderr.includes(part), `${name} does not say ${part}: ${done.stderr}`);
  }
  assert.doesNotMatch(done.stderr, /needs Rust|npm run build/, name);
}

for (const [name, bundle] of Object.entries({ esbuild, rollup })) {
  test(`${name}: an external package works`, { timeout: 60_000 }, async (t) => {
    const made = await project(t);
    for (const [format, file] of FORMATS) {
      const done = await bundle(made, format, file, { external: ["penbox"] });
      assert.deepEqual([done.code, done.stdout, done.stderr], [0, "a\n", ""], format);
    }
  });

  test(`${name}: a bundled package says what to write`, { timeout: 60_000 }, async (t) => {
    const made = await project(t);
    for (const [format, file] of FORMATS) says(await bundle(made, format, file, {}), format);
  });
}

test("a CommonJS bundle works with the addon beside it", { timeout: 60_000 }, async (t) => {
  const made = await project(t);
  await mkdir(join(made.path, "dist"));
  await copyFile(join(home, "penbox.node"), join(made.path, "dist", "penbox.node"));
  const done = await esbuild(made, "cjs", "out.cjs", {});
  assert.deepEqual([done.code, done.stdout, done.stderr], [0, "a\n", ""]);
});

test("esbuild copies the addon where it is told to", { timeout: 60_000 }, async (t) => {
  const made = await project(t);
  const options = { conditions: ["node-addons"], loader: { ".node": "copy" } };
  const done = await esbuild(made, "cjs", "out.cjs", options);
  assert.deepEqual([done.code, done.stdout, done.stderr], [0, "a\n", ""]);
  const copied = (await readdir(join(made.path, "dist"))).filter((name) => name.endsWith(".node"));
  assert.equal(copied.length, 1);
});

test("a tool that does not know the package's imports finds the addon", { timeout: 60_000 }, async (t) => {
  const path = await folder(t);
  const place = join(path, "node_modules", "penbox");
  await mkdir(place, { recursive: true });
  await cp(join(home, "dist"), join(place, "dist"), { recursive: true });
  await copyFile(join(home, "penbox.node"), join(place, "penbox.node"));
  await writeFile(join(place, "package.json"), '{ "name": "penbox", "main": "./dist/index.js" }');
  const done = await run(["-p", 'new (require("penbox").Penbox)({ token: "pnbx_x" }).baseUrl'], { cwd: path });
  assert.deepEqual([done.stdout, done.stderr], ["https://connect.penbox.io/v1\n", ""]);
});
