// Makes a case from a template and starts its first step. Needs PENBOX_API_TOKEN.
//   node start_case.mjs [email] [company] [id of a case template]
import { ConflictError, Penbox, UnprocessableEntityError } from "penbox";

const [email = "jane@example.com", company = "Jane's Bakery", templateId] = process.argv.slice(2);

/** The template asked for, or the newest one. */
async function findTemplate(client) {
  if (templateId) return client.caseTemplates.get(templateId);
  for await (const template of client.caseTemplates.list()) return template;
  throw new Error("there is no case template");
}

async function createCase(client, template) {
  try {
    // A role of the template.
    return await client.cases.create({ template: { id: template.id }, contacts: [{ key: "main", email }] });
  } catch (error) {
    if (error.outcome === "unknown" || error.outcome === "done")
      console.error("the case may exist: look for it before you make another");
    throw error;
  }
}

/** Starts the first step that can be started, and gives its key. */
async function startFirstStep(client, caseId) {
  const { steps } = await client.cases.get(caseId);
  for (const step of steps ?? []) {
    const key = step.key ?? step.id;
    try {
      await client.cases.startStep(caseId, key);
      return key;
    } catch (error) {
      if (!(error instanceof ConflictError || error instanceof UnprocessableEntityError)) throw error;
      console.log(`${key} cannot be started: ${error.message}`);
    }
  }
  throw new Error("no step can be started");
}

try {
  const client = new Penbox();
  const template = await findTemplate(client);
  const { id } = await createCase(client, template);
  console.log(`created ${id} from the template ${template.title}`);
  // A field of the template.
  await client.cases.updateData(id, { data: { company_name: company } });

  const key = await startFirstStep(client, id);
  console.log("started", key);
  const { parent_status, waiting_for, steps } = await client.cases.get(id);
  console.log(`the case is ${parent_status} and waits for: ${waiting_for}`);
  for (const step of steps ?? []) console.log(`- ${step.title}: ${step.status}`);

  await client.cases.startStep(id, key).catch((error) => {
    if (!(error instanceof ConflictError)) throw error;
    console.log(`a second start is a ${error.kind}: ${error.message}`);
  });
} catch (error) {
  console.error(`${error.name}: ${error.message}`);
  if (error.hint) console.error(error.hint);
  process.exitCode = 1;
}
