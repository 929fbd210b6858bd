// Run in a worker thread by workers.test.mjs: calls that are never answered, or one that is.
import { parentPort, workerData } from "node:worker_threads";
import { Penbox } from "penbox";

const client = new Penbox(workerData.settings);
if (workerData.held) {
  for (let i = 0; i < workerData.held; i += 1) client.forms.get("held").catch(() => {});
  (async () => {
    for await (const form of client.forms.list()) parentPort.postMessage(form);
  })().catch(() => {});
  parentPort.postMessage("started");
} else {
  parentPort.postMessage((await client.forms.get("a")).id);
}
