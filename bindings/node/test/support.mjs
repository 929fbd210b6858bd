// What the tests share: the sandbox, small servers of their own, child processes, temporary folders.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The package's folder. */
export const home = dirname(dirname(fileURLToPath(import.meta.url)));
/** The project's root. */
export const root = join(home, "..", "..");
/** The sandbox's token: the sample of the API's authentication page. */
export const TOKEN = `pnbx_${"1234567890abcdef".repeat(3)}`;

/** The environment without anything that would configure a client. */
export const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("PENBOX_")),
);

/** Starts a sandbox; it ends with the test. */
export async function sandbox(t) {
  const program = process.env.PENBOX_SANDBOX_BIN ?? join(root, "target", "debug", "penbox-sandbox");
  const child = spawn(program, ["--port", "0", "--exit-on-stdin-eof"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const failed = once(child, "error").then(([error]) => {
    throw new Error(`no sandbox at ${program} (cargo build -p penbox-sandbox): ${error.message}`);
  });
  const [baseUrl] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), failed]);
  t.after(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
  });
  const steer = async (method, path, body) => {
    const answer = await fetch(new URL(`/_sandbox/${path}`, baseUrl), { method, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return { baseUrl, token: TOKEN, steer, settings: { baseUrl, token: TOKEN } };
}

/** A server of the test's own; `connections` counts what came in. It ends with the test, its connections too. */
export async function listen(t, server) {
  const sockets = new Set();
  const facts = { connections: 0 };
  server.on("connection", (socket) => {
    facts.connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((done) => server.close(done));
  });
  facts.port = server.address().port;
  facts.baseUrl = `http://127.0.0.1:${facts.port}/v1`;
  facts.settings = { baseUrl: facts.baseUrl, token: TOKEN };
  return facts;
}

/** An HTTP server. */
export const httpServer = (t, handler) => listen(t, createHttpServer(handler));

/** A server that answers every request head with the same bytes, and closes the connection unless told otherwise. */
export const rawServer = (t, bytes, { close = true } = {}) =>
  listen(
    t,
    createNetServer((socket) => {
      socket.once("data", () => (close ? socket.end(bytes) : socket.write(bytes)));
    }),
  );

/** A whole answer as bytes. */
export function answer(status, body, headers = {}) {
  const lines = Object.entries({
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...headers,
  });
  return `HTTP/1.1 ${status} X\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

/** Answers a request of an HTTP server with JSON. */
export function reply(response, status, value, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}

/** Runs Node (or another program) to its end; killed, and `timedOut`, after a time that only a failure takes. `onLine` sees each line of its output as it comes. */
export async function run(
  args,
  { program = process.execPath, env = {}, cwd = home, limit = 60_000, onLine } = {},
) {
  const child = spawn(program, args, { cwd, env: { ...clean, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"])
    child[name].setEncoding("utf8").on("data", (text) => (output[name] += text));
  if (onLine) createInterface({ input: child.stdout }).on("line", onLine);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, limit);
  const [code, signal] = await once(child, "close");
  clearTimeout(timer);
  return { code, signal, timedOut, ...output };
}

/** Runs a module given as text, with `penbox` at hand. */
export const runText = (text, options = {}) =>
  run([...(options.flags ?? []), "--input-type=module", "-e", text], options);

/** A folder that ends with the test. */
export async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), "penbox-node-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A promise with its ends outside. */
export function gate() {
  let open;
  const passed = new Promise((resolve) => (open = resolve));
  return { open, passed };
}

/** The error of a call that must fail. */
export async function failure(work) {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}
