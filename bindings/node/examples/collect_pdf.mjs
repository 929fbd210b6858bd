// Sends a form to a contact, waits for the answer and saves it as PDF. Needs PENBOX_API_TOKEN.
//   node collect_pdf.mjs [email] [template] [folder] [seconds to wait]
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Penbox } from "penbox";

const [email = "john@example.com", template = "client-onboarding", folder = ".", seconds = "600"] =
  process.argv.slice(2);
const MS_BETWEEN_QUESTIONS = 2000;

async function createForm(client) {
  try {
    return await client.forms.create({ flow: { slug: template }, user: { email } });
  } catch (error) {
    // The SDK does not repeat a create by itself, and neither should you before you looked: the contact could be
    // mailed twice.
    if (error.outcome === "unknown" || error.outcome === "done")
      console.error("the form may exist: look for it before you send another");
    throw error;
  }
}

/** Asks until the contact has answered. For waits of days there are webhooks. */
async function waitForAnswer(client, formId) {
  const deadline = Date.now() + Number(seconds) * 1000;
  for (;;) {
    const form = await client.forms.get(formId);
    const answer = form.responses?.find((response) => response.completed_at);
    if (answer) return answer;
    if (form.status === "declined") throw new Error("the contact declined");
    if (Date.now() + MS_BETWEEN_QUESTIONS > deadline)
      throw new Error(`no answer within ${seconds} s; the form stays open`);
    await sleep(MS_BETWEEN_QUESTIONS);
  }
}

try {
  const client = new Penbox();
  const form = await createForm(client);
  console.log("created", form.id);
  console.log("to be filled in at", form.links?.fill);
  console.log(`waiting for the answer, ${seconds} s at most`);
  const answer = await waitForAnswer(client, form.id);
  const file = await client.responses.downloadPdf(answer.id, { to: join(folder, `answer-${answer.id}.pdf`) });
  console.log(`saved ${file.path}: ${file.size} bytes, SHA-256 ${file.sha256}`);
} catch (error) {
  console.error(`${error.name}: ${error.message}`);
  if (error.hint) console.error(error.hint);
  process.exitCode = 1;
}
