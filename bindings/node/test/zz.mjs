import { readFileSync, readdirSync } from "node:fs";
import { Penbox } from "penbox";
const rss = () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
let k = 0; const one = async () => { k += 1; const call = k % 10 === 0; const client = new Penbox({ baseUrl: "http://127.0.0.1:42507/v1", token: "pnbx_1234567890abcdef1234567890abcdef1234567890abcdef" }); if (call) await client.workspaces.list().page(1); await client.close(); };
for (let b = 0; b < 10; b += 1) {
  let n = 0;
  const work = async () => { while (n < 3000) { n += 1; await one(); } };
  await Promise.all(Array.from({ length: 8 }, work));
  for (let turn = 0; turn < 10; turn += 1) { gc(); await new Promise((r) => setImmediate(r)); }
  console.log(rss(), process.memoryUsage().heapTotal>>10, process.memoryUsage().external>>10);
}
