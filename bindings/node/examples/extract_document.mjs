// Uploads a document and reads fields out of it. Needs PENBOX_API_TOKEN.
//   node extract_document.mjs [document]
import { Penbox } from "penbox";

const [document = "document.pdf"] = process.argv.slice(2);

try {
  const client = new Penbox();
  const attachment = await client.attachments.upload(document);
  console.log(`uploaded ${attachment.name} as ${attachment.id}`);
  const extraction = await client.documentIntelligence.extract(
    {
      attachments: [{ id: attachment.id }],
      fields: [
        { name: "firstname", type: "text" },
        { name: "birthday", type: "date", hint: "YYYY-MM-DD" },
        { name: "amount", type: "number" },
      ],
    },
    { timeoutMs: 120_000 },
  );
  for (const field of extraction.results?.fields ?? [])
    console.log(`${field.name}: ${JSON.stringify(field.value)} (confidence: ${field.confidence})`);
} catch (error) {
  console.error(`${error.name}: ${error.message}`);
  if (error.hint) console.error(error.hint);
  process.exitCode = 1;
}
