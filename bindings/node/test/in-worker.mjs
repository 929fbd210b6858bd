// Run in a worker thread by workers.test.mjs and terminate.test.mjs: calls that are never answered, files that never end, or
// one call that is answered.
import { Writable } from "node:stream";
import { parentPort, workerData } from "node:worker_threads";
import { Penbox } from "penbox";

const client = new Penbox(workerData.settings);
if (workerData.moving) {
  const endless = async function* () {
    for (;;) yield Buffer.alloc(65_536);
  };
  const stuck = new Writable({ highWaterMark: 1, write: () => {} });
  client.attachments.upload(endless(), { name: "a", onProgress: () => {} }).catch(() => {});
  client.attachments.download("a", { to: stuck, onProgress: () => {} }).catch(() => {});
} else if (workerData.held) {
  for (let i = 0; i < workerData.held; i += 1) client.forms.get("held").catch(() => {});
  (async () => {
    for await (const form of client.forms.list().prefetch()) parentPort.postMessage(form.id);
  })().catch(() => {});
  // Of its own: a limit holds back every call of a client.
  new Penbox(workerData.settings).forms.get("rest").catch(() => {});
  parentPort.postMessage("started");
} else {
  parentPort.postMessage((await client.forms.get("a")).id);
}
