// Pages of forms: penbox and its peers, in turn, each in a process of its own. The protocol is in ../README.md.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import http from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { Pool } from "undici";

import { Penbox } from "../../../bindings/node/dist/index.mjs";

// Of the shape the API documents, and no token of anyone's.
const TOKEN = `pnbx_${"0".repeat(48)}`;
const HEADERS = { authorization: `Bearer ${TOKEN}`, accept: "application/json" };
const QUERY = "/forms?page[size]=100";

/** The work on every page: five fields of each form, two of them a level deeper. */
const fiveFields = (form) => [form.id, form.status, form.created_at, form.user.email, form.links.fill];

/** A page over HTTP on a kept connection, then five fields of each form: each contestant's way, made for a base URL. */
const fetchPage = {
  penbox: (url) => {
    const client = new Penbox({ token: TOKEN, baseUrl: url });
    return async () => {
      const read = [];
      for await (const form of client.forms.list()) read.push(fiveFields(form));
      return read;
    };
  },
  undici: (url) => {
    const { origin, pathname } = new URL(url);
    const pool = new Pool(origin, { connections: 1 });
    return async () => {
      const answer = await pool.request({ path: pathname + QUERY, method: "GET", headers: HEADERS });
      assert.equal(answer.statusCode, 200);
      return (await answer.body.json()).data.map(fiveFields);
    };
  },
  "node:http": (url) => {
    const agent = new http.Agent({ keepAlive: true });
    return async () => JSON.parse(await get(url + QUERY, agent)).data.map(fiveFields);
  },
  fetch: (url) => async () => {
    const answer = await fetch(url + QUERY, { headers: HEADERS });
    assert.equal(answer.status, 200);
    return (await answer.json()).data.map(fiveFields);
  },
};

/** GET by node:http: the text of the answer. */
function get(url, agent) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, headers: HEADERS }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`status ${answer.statusCode}`));
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      answer.on("error", reject);
    });
    request.on("error", reject);
  });
}

let used = process.cpuUsage();

/**
 * The mean wall and CPU time of an operation, in nanoseconds. CPU time is that of every thread, from the end of the sample
 * before on: what that one left behind may be collected in between.
 */
async function sample(operation, iterations) {
  const start = process.hrtime.bigint();
  for (let each = 0; each < iterations; each += 1) await operation();
  const [end, before] = [process.hrtime.bigint(), used];
  used = process.cpuUsage();
  const cpu = (used.user - before.user + used.system - before.system) * 1000;
  return { ns_per_op: Number(end - start) / iterations, cpu_ns_per_op: cpu / iterations };
}

const WORKS = { page: fetchPage };

const { values: given } = parseArgs({
  options: Object.fromEntries(
    ["page", "url", "iterations", "rounds", "work", "who"].map((name) => [name, { type: "string" }]),
  ),
});
const iterations = Number(given.iterations);

/** One contestant of a work, in a process of its own: each message asks for a sample. */
async function contestant() {
  const operation = WORKS[given.work][given.who](given.url);
  const expected = JSON.parse(readFileSync(given.page, "utf8")).data.map(fiveFields);
  assert.deepEqual(await operation(), expected, `${given.who} read something else than the page holds`);
  await sample(operation, Math.max(iterations, 50));
  process.on("message", async () => process.send(await sample(operation, iterations)));
  process.send("ready");
}

/** What a process says next; an error if it ends instead. */
function said(child) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`${child.spawnargs.at(-1)} ended with code ${code}`));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.off("exit", ended);
      resolve(message);
    });
  });
}

/** All contestants of a work, in turn. */
async function compete(work) {
  const children = [];
  for (const who of Object.keys(WORKS[work])) {
    const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), "--work", work, "--who", who]);
    assert.equal(await said(child), "ready");
    children.push([who, child]);
  }
  for (let round = 0; round < Number(given.rounds); round += 1) {
    for (const [who, child] of children) {
      child.send("go");
      process.stdout.write(`${JSON.stringify({ work, who, ...(await said(child)) })}\n`);
    }
  }
  for (const [, child] of children) child.kill();
}

if (given.who !== undefined) await contestant();
else {
  for (const work of Object.keys(WORKS)) {
    if (given.work === undefined || given.work === work) await compete(work);
  }
}
