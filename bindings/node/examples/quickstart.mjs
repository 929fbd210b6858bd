// Sends a form to a contact and lists what is still open. Needs PENBOX_API_TOKEN.
import { Penbox } from "penbox";

const client = new Penbox();
const form = await client.forms.create({
  flow: { slug: "client-onboarding" },
  user: { email: "john@example.com", given_name: "John" },
});
console.log("created", form.id, form.links?.fill);
for await (const open of client.forms.list({ completed: false })) {
  console.log(open.created_at, open.status, open.user?.email);
}
