// Writes the forms made since a date, drafts left out, to a CSV file. Needs PENBOX_API_TOKEN.
//   node export_csv.mjs [date or moment in UTC] [file]
import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { Penbox } from "penbox";

const [since = "2024-01-01", file = "forms.csv"] = process.argv.slice(2);

/** No spreadsheet takes for a formula what a contact typed. */
const safe = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
const line = (cells) => cells.map((text) => `"${safe(text ?? "").replaceAll('"', '""')}"`).join(",") + "\r\n";

let count = 0;
async function* lines(client) {
  yield line(["id", "created_at", "status", "template", "email", "given_name", "phone"]);
  const recent = { attributes: { created_at: { $ge: since }, status: { $ne: "draft" } } };
  // One page at a time is held; oldest first, what is made meanwhile moves no page.
  for await (const { id, created_at, status, flow, user } of client.forms.list({
    filter: recent,
    sort: "+created_at",
  })) {
    yield line([id, created_at, status, flow?.slug, user?.email, user?.given_name, user?.phone]);
    count += 1;
  }
}

try {
  await pipeline(lines(new Penbox()), createWriteStream(`${file}.part`));
  await rename(`${file}.part`, file);
  console.log(`wrote ${count} forms to ${file}`);
} catch (error) {
  console.error(`${error.name}: ${error.message}`);
  if (error.hint) console.error(error.hint);
  process.exitCode = 1;
}
