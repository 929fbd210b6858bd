// Run by soak.test.mjs in a process of its own: a long life of one client, many clients, many errors.
// Prints by how much it grew after the first of each, and what it held before all and after.
import { readFileSync, readdirSync } from "node:fs";
import { InvalidArgumentError, NotFoundError, Penbox, APIResponseError } from "penbox";

const [baseUrl, token] = process.argv.slice(2);
const [counts, first] = process.argv.slice(4).map((text) => JSON.parse(text));
const IN_FLIGHT = 8;
const UNKNOWN = "00000000-0000-4000-8000-000000000000";

async function memory() {
  for (let turn = 0; turn < 10; turn += 1) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  const resident = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
  return { resident, heap: Math.round((heapUsed + external) / 1024) };
}

const held = () => ({
  files: readdirSync("/proc/self/fd").length,
  threads: readdirSync("/proc/self/task").length,
});

const created = async (client) => {
  const user = { email: "a@example.com" };
  return (await client.forms.create({ flow: { slug: "client-onboarding" }, user })).id;
};

async function refused(kind, call) {
  try {
    await call();
  } catch (error) {
    if (error instanceof kind && error.supportReport() && String(error)) return;
    throw error;
  }
  throw new Error("it was not refused");
}

/** 70 in 100 read a form, 20 create one, 5 ask for one that is not there, 5 meet the limit of an answer's size. */
async function one(client, ids, number) {
  const place = number % 100;
  if (place < 20) await created(client);
  else if (place < 25) await refused(NotFoundError, () => client.forms.get(UNKNOWN));
  else if (place < 30) await refused(APIResponseError, () => client.cases.list().page(1));
  else {
    const id = ids[number % ids.length];
    if ((await client.forms.get(id)).id !== id) throw new Error("another form came");
  }
}

/** Does so many, some at a time: by how many kB the process, and V8's part of it, grew after the first. */
async function growth(what, one) {
  let next = 0;
  const until = async (end) => {
    const work = async () => {
      while (next < end) await one(next++);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
    return memory();
  };
  const [before, after] = [await until(first[what]), await until(counts[what])];
  return { resident: after.resident - before.resident, heap: after.heap - before.heap };
}

async function soak() {
  // A page of ten cases is over the limit.
  const client = new Penbox({ baseUrl, token, maxResponseBytes: 4096, pageSize: 10 });
  const ids = [];
  for (let made = 0; made < 20; made += 1) ids.push(await created(client));
  const found = await growth("requests", (number) => one(client, ids, number));
  await client.close();
  return found;
}

async function made(number) {
  const client = new Penbox({ baseUrl, token });
  // A connection each would take all ports there are.
  if (number % 10 === 0) await client.workspaces.list().page(1);
  await client.close();
}

async function errors() {
  const client = new Penbox({ baseUrl, token });
  const found = await growth("errors", () => refused(InvalidArgumentError, () => client.forms.get("")));
  await client.close();
  return found;
}

const before = held();
const grown = { requests: await soak(), clients: await growth("clients", made), errors: await errors() };
// The SDK's threads end when they were idle for a while.
let after = held();
for (const until = performance.now() + 60_000; performance.now() < until; after = held()) {
  if (after.files === before.files && after.threads === before.threads) break;
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log(JSON.stringify({ grown, before, after }));
