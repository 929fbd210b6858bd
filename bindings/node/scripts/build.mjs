// Builds the package from source: the addon (cargo), the facade (tsc), the ESM twin of its entry.
// npm runs this as `prepare` for a linked folder and before packing, never for a published package.
// PENBOX_NODE_PROFILE names the cargo profile: `dist` unless given; `dev` builds in a tenth of the time.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

/** Runs a program, its output shown; what it printed on stdout where `capture` is set. */
function run(program, args, { capture = false, env = process.env } = {}) {
  const stdio = ["ignore", capture ? "pipe" : 2, "inherit"];
  const done = spawnSync(program, args, { cwd: home, env, stdio, encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.error?.code === "ENOENT") {
    throw new Error(
      `penbox is built from source and needs ${program}, which is not installed or not on the PATH.`,
    );
  }
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${program} ${args[0]} failed (exit code ${done.status}).`);
  return done.stdout;
}

/** The numbers of a version, `[1, 88, 0]`. */
const numbers = (text) => text.split(".").map(Number);

/** Whether a version is older than another. */
function older(found, least) {
  const at = least.findIndex((number, place) => (found[place] ?? 0) !== number);
  return at >= 0 && (found[at] ?? 0) < least[at];
}

/** Refuses in one sentence what would fail after minutes, or as a parser's error. */
function needs() {
  const { engines } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const node = engines.node.replace(">=", "");
  if (older(numbers(process.versions.node), numbers(node)))
    throw new Error(`penbox needs Node ${node} or later, and this is ${process.version}: install it from https://nodejs.org.`);
  const [, rust] = /^rust-version = "(.*)"$/m.exec(readFileSync(join(home, "..", "..", "Cargo.toml"), "utf8"));
  const remedy = "install it from https://rustup.rs, open a new shell and try again.";
  const need = `penbox is built from source and needs Rust ${rust} or later`;
  const asked = spawnSync("cargo", ["--version"], { cwd: home, encoding: "utf8" });
  if (asked.error) throw new Error(`${need}, and there is no cargo: ${remedy}`);
  const found = /^cargo ([0-9.]+)/.exec(asked.stdout)?.[1];
  if (!found) throw new Error(`${need}, and cargo fails: ${asked.stderr.trim()}`);
  if (older(numbers(found), numbers(rust))) throw new Error(`${need}, and cargo is ${found}: ${remedy}`);
}

/** npm installs none of a linked folder's dependencies: the compiler is fetched here. */
function tools() {
  if (existsSync(join(home, "node_modules", "typescript", "bin", "tsc"))) return;
  // What npm passes to its scripts describes the other project's installation, not this one.
  const foreign =
    /^npm_(?!config_(registry|cache|userconfig|globalconfig|cafile|ca|proxy|https_proxy|noproxy|offline|prefer_offline)$)/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const npm = process.env.npm_execpath;
  const args = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"];
  npm?.endsWith(".js") ? run(process.execPath, [npm, ...args], { env }) : run("npm", args, { env });
}

/** Builds the addon; the path of the library that cargo made. */
function addon() {
  const profile = process.env.PENBOX_NODE_PROFILE || "dist";
  const manifest = join(home, "Cargo.toml");
  const args = ["build", "--locked", "--manifest-path", manifest, "--profile", profile];
  const printed = run("cargo", [...args, "--message-format", "json-render-diagnostics"], { capture: true });
  for (const line of printed.trim().split("\n").reverse()) {
    const message = JSON.parse(line);
    if (message.reason === "compiler-artifact" && message.target.name === "penbox_node")
      return message.filenames[0];
  }
  throw new Error("cargo built no library named penbox_node.");
}

/** Puts a file in place at once, and only where it differs: another process may be using the old one. */
function place(source, target) {
  if (existsSync(target) && readFileSync(source).equals(readFileSync(target))) return;
  mkdirSync(dirname(target), { recursive: true });
  const fresh = `${target}.${process.pid}.tmp`;
  copyFileSync(source, fresh);
  renameSync(fresh, target);
}

/** Compiles the facade into `out` and writes beside it what ESM and browsers get, from what the CommonJS entry exports. */
function facade(out) {
  run(process.execPath, [
    join(home, "node_modules", "typescript", "bin", "tsc"),
    "-p",
    home,
    "--outDir",
    join(out, "dist"),
  ]);
  copyFileSync(join(home, "penbox.node"), join(out, "penbox.node"));
  const namesOf = (entry) => Object.keys(require(join(out, "dist", `${entry}.js`))).sort();
  for (const entry of ["index", "testing"]) {
    const exported = namesOf(entry).map((name) => `export const ${name} = entry.${name};\n`);
    writeFileSync(join(out, "dist", `${entry}.mjs`), `import entry from "./${entry}.js";\n${exported.join("")}`);
    writeFileSync(join(out, "dist", `${entry}.d.mts`), `export * from "./${entry}.js";\n`);
  }
  const names = [...namesOf("index"), ...namesOf("testing")];
  const from = (text) => names.map(text).join("");
  writeFileSync(
    join(out, "dist", "browser.mjs"),
    `throw new Error("penbox runs on servers only: in a browser everyone could read the token. Call it from your backend.");\n` +
      from((name) => `export const ${name} = undefined;\n`),
  );
}

const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)));

try {
  needs();
  tools();
  place(addon(), join(home, "penbox.node"));
  const out = mkdtempSync(join(home, "node_modules", ".penbox-build-"));
  try {
    facade(out);
    const [made, dist] = [join(out, "dist"), join(home, "dist")];
    for (const name of files(made)) place(join(made, name), join(dist, name));
    for (const name of files(dist)) {
      if (!name.endsWith(".tmp") && !existsSync(join(made, name))) rmSync(join(dist, name));
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
