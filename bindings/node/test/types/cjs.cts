// The same types reach CommonJS.
import penbox = require("penbox");

const client: penbox.Penbox = new penbox.Penbox();
const form: Promise<penbox.Form> = client.forms.get("a");
const kind: penbox.ErrorKind = new penbox.NotFoundError("a").kind;
export = [form, kind];
