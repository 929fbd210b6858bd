// Receives the webhooks of forms with Express.
//
// Usage: npm install express; node express_receiver.mjs ADDRESS [PORT]
//   ADDRESS  the public address, as it stands in the form's webhooks
//   PORT     the port to listen on, 3000 by default
// Prints a line for each event. PENBOX_WEBHOOK_ISSUER names another issuer, such as a sandbox.
import express from "express";
import { InvalidArgumentError, PenboxError, WebhookVerificationError, WebhookVerifier } from "penbox";

const [address, port = "3000"] = process.argv.slice(2);
const issuer = process.env.PENBOX_WEBHOOK_ISSUER;
const verifier = new WebhookVerifier(address, { issuer, rememberDeliveries: true });

// Penbox waits for the answer, so the work is done later. Take a queue that outlives the process.
const queue = [];

/** The status for a delivery that was not accepted. */
function refusal(error) {
  // It was accepted before, so Penbox need not send it again.
  if (error.reason === "replayed") return 204;
  if (error instanceof InvalidArgumentError) return 400;
  if (error instanceof WebhookVerificationError && !error.retryable) return 401;
  // The keys could not be fetched, so nothing is known of the delivery: the next time they may.
  if (error instanceof PenboxError) return 503;
  throw error;
}

const app = express();
// The raw body: no express.json() may come before it.
app.post(new URL(address).pathname, express.raw({ type: "*/*", limit: "5mb" }), async (req, res) => {
  try {
    queue.push(await verifier.unwrap(req, req.body));
    res.sendStatus(204);
    setImmediate(work);
  } catch (error) {
    const status = refusal(error);
    if (status !== 204) console.error(`${status}: ${error.message}`);
    res.sendStatus(status);
  }
});

function work() {
  for (const event of queue.splice(0)) console.log(event.request?.id, event.events?.join(" "));
}

const server = app.listen(Number(port), "127.0.0.1", () => console.log("listening on", server.address().port));
