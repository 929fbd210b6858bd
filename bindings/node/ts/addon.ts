/**
 * The addon by its path, for tools that do not follow the package's "imports", and for a bundle, into which no addon goes.
 * This file imports no module: in a bundle of ESM even Node's own modules cannot be required.
 */
import type { Addon, Found } from "./native.js";

/** The path of the addon: in the package's folder, or beside a bundle, where a user may have copied it. */
function place(): string | undefined {
  // A bundle of ESM has no such name, so the addon cannot be found from there.
  if (typeof __dirname !== "string") return undefined;
  return isBundled() ? __dirname + "/penbox.node" : __dirname + "/../penbox.node";
}

/** True if this code was moved from its place in the package, as bundlers do. */
function isBundled(): boolean {
  return typeof __filename !== "string" || !/[\\/]dist[\\/]addon\.js$/.test(__filename);
}

function find(): Found {
  const path = place();
  if (path === undefined || !exists(path)) return { failure: missing() };
  try {
    const module = { exports: {} };
    // Bundlers replace `require` by their own, so the addon is opened without it.
    process.dlopen(module, path);
    return module.exports as Addon;
  } catch (cause) {
    return { failure: failure(`there is no native addon for ${platform()}. ${FOREIGN}`, cause) };
  }
}

function exists(path: string): boolean {
  return (require("node:fs") as typeof import("node:fs")).existsSync(path);
}

function missing(): Error {
  const cause = Object.assign(new Error("penbox.node is not there"), { code: "MODULE_NOT_FOUND" });
  return failure(isBundled() ? BUNDLED : `there is no native addon for ${platform()}. ${ABSENT}`, cause);
}

function failure(message: string, cause: unknown): Error {
  return new Error(`penbox: ${message}`, { cause });
}

const BUNDLED =
  "the package was bundled, and its native addon cannot be part of a bundle. Keep the package out of it. " +
  'Next.js: serverExternalPackages: ["penbox"] in next.config; esbuild, rollup: external: ["penbox"]; webpack: externals: { penbox: "commonjs penbox" }; ' +
  'vite: ssr: { external: ["penbox"] }. The package must then be in node_modules where the bundle runs. ' +
  "A CommonJS bundle also works with a copy of node_modules/penbox/penbox.node beside it.";

const ABSENT =
  "The package was installed without it: build it with `npm run build` in the package's source folder (this needs Rust), or install the package again on this machine.";

const FOREIGN =
  "The addon is there but does not load, most likely because it was built for another platform: do not copy node_modules between machines, install the package again on this one.";

/** The platform for messages, such as `linux x64 (glibc 2.36)`. */
function platform(): string {
  const { platform, arch } = process;
  return platform === "linux" ? `${platform} ${arch} (${libc()})` : `${platform} ${arch}`;
}

/** The C library. Only a report of Node's tells it, and it has no version for musl. */
function libc(): string {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  const glibc = report?.header?.glibcVersionRuntime;
  return glibc === undefined ? "musl" : `glibc ${glibc}`;
}

export = find();
