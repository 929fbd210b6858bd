// Run by soak.test.mjs in a process of its own: a call for each of the ids in a file at once, three times over.
// Prints how many answers were right, the most memory, and how far the event loop was behind.
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Penbox } from "penbox";

const [baseUrl, token, file] = process.argv.slice(2);
const peak = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))[1]);

const ids = JSON.parse(readFileSync(file, "utf8"));
const client = new Penbox({ baseUrl, token });
const before = peak();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let right = 0;
const caller = async (id) => {
  for (let call = 0; call < 3; call += 1) {
    const form = await client.forms.get(id);
    right += form.id === id ? 1 : 0;
  }
};
await Promise.all(ids.map(caller));
delay.disable();
await client.close();
console.log(JSON.stringify({ right, before, peak: peak(), lag: delay.percentile(99) / 1e6, turns: delay.count }));
