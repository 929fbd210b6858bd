// Reads a form with settings of its own, and says what went wrong. Needs PENBOX_API_TOKEN.
//   node read_form.mjs [id]
import { NotFoundError, Penbox, RateLimitError, ServerError } from "penbox";

const [id = "00000000-0000-4000-8000-000000000000"] = process.argv.slice(2);

function explain(error) {
  if (error instanceof NotFoundError) return "there is no such form";
  if (error instanceof RateLimitError)
    return `too many requests: wait ${(error.retryAfterMs ?? 1000) / 1000} s`;
  // It never holds the token.
  if (error instanceof ServerError)
    return `the service failed; for Penbox's support:\n${error.supportReport()}`;
  return [`${error.name}: ${error.message}`, error.hint].filter(Boolean).join("\n");
}

try {
  const client = new Penbox({
    timeoutMs: 60_000, // for a call with its waits
    maxRetryWaitMs: 5_000,
    rateLimit: "100/min, 1000/h",
    tokenName: "CRM",
    userAgentSuffix: "crm-sync/2.1",
  });
  // Somebody waits for this call.
  const form = await client.forms.get(id, { timeoutMs: 20_000, maxAttempts: 2 });
  console.log(form.id, form.status);
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
