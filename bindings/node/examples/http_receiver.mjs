// Receives the webhooks of forms with Node's own HTTP server.
//
// Usage: node http_receiver.mjs ADDRESS [PORT]
//   ADDRESS  the public address, as it stands in the form's webhooks
//   PORT     the port to listen on, 3000 by default
// Prints a line for each event. PENBOX_WEBHOOK_ISSUER names another issuer, such as a sandbox.
import { createServer } from "node:http";
import { PenboxError, WebhookVerificationError, WebhookVerifier } from "penbox";

const MOST_BYTES = 5 * 1024 * 1024;
const [address, port = "3000"] = process.argv.slice(2);
const issuer = process.env.PENBOX_WEBHOOK_ISSUER;
const verifier = new WebhookVerifier(address, { issuer, rememberDeliveries: true });
const { pathname } = new URL(address);

/** The bytes of a request's body; undefined if there are too many. */
async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The status for a request. */
async function receive(request) {
  if (request.url !== pathname) return 404;
  if (request.method !== "POST") return 405;
  const body = await bodyOf(request);
  if (body === undefined) return 413;
  try {
    const event = await verifier.unwrap(request, body);
    // Penbox waits for the answer, so the work is done later.
    setImmediate(work, event);
    return 204;
  } catch (error) {
    // It was accepted before, so Penbox need not send it again.
    if (error.reason === "replayed") return 204;
    if (!(error instanceof PenboxError)) throw error;
    // Where the keys could not be fetched nothing is known of the delivery: the next time they may.
    const status = error instanceof WebhookVerificationError && !error.retryable ? 401 : 503;
    console.error(`${status}: ${error.message}`);
    return status;
  }
}

function work(event) {
  console.log(event.request?.id, event.events?.join(" "));
}

const server = createServer((request, response) => {
  receive(request).then(
    (status) => response.writeHead(status).end(),
    () => response.destroy(),
  );
});
server.listen(Number(port), "127.0.0.1", () => console.log("listening on", server.address().port));
