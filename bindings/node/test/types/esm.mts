// Compiled, never run: what users may write, and what they may not.
import { APIError, APIStatusError, Page, Pager, Penbox, PenboxError, RateLimitError, ResponseHeaders, WebhookVerifier, processStats } from "penbox";
import type {
  AbortSignalLike,
  Auth,
  Attachment,
  BodyLike,
  CacheStats,
  CallOptions,
  Case,
  Count,
  ErrorKind,
  File,
  Form,
  FormCreate,
  FormList,
  FormStatus,
  FormStep,
  FormTemplate,
  Forms,
  Outcome,
  PageMeta,
  PenboxSettings,
  Stats,
  User,
  WebhookEvent,
  WebhookVerifierSettings,
  WithResponse,
  Workspace,
} from "penbox";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(..._: Equal<A, B> extends true ? [] : ["these types differ", A, B]): void {}

const settings: PenboxSettings = {
  token: undefined,
  baseUrl: "http://127.0.0.1:1/v1",
  timeoutMs: 1000,
  allowInsecureHttp: false,
};
export const client = new Penbox(settings);
new Penbox();
// @ts-expect-error an unknown setting
new Penbox({ timeout: 5 });
// @ts-expect-error a setting of another type
new Penbox({ timeoutMs: "5" });
// @ts-expect-error not the token alone
new Penbox("pnbx_x");

declare const signal: AbortSignalLike;

export async function http(): Promise<void> {
  const { withResponse } = client;
  const answer = await withResponse.forms.get("a", { timeoutMs: 5 });
  same<typeof answer, WithResponse<Form>>();
  same<typeof answer.headers, ResponseHeaders>();
  same<typeof answer.ageMs, number | undefined>();
  const created = await withResponse.forms.create({ flow: { slug: "x" } });
  same<typeof created.data, Form>();
  const fetched = await withResponse.attachments.download("a", { to: "x" });
  same<typeof fetched.data, File>();
  const pages = withResponse.formTemplates.list({ archived: true });
  for await (const page of pages) same<typeof page.data, Page<FormTemplate>>();
  same<Awaited<ReturnType<typeof pages.page>>, WithResponse<Page<FormTemplate>>>();
  // @ts-expect-error a parameter is missing
  await withResponse.forms.create();
  // @ts-expect-error no such method
  await withResponse.forms.got("a");
  const flows = await client.request<{ data: string[] }>("GET", "/flows", { query: { a: 1 } }, { signal });
  same<typeof flows, { data: string[] }>();
  same<Awaited<ReturnType<typeof withResponse.request>>, WithResponse<unknown>>();
  // @ts-expect-error an unknown part
  await client.request("GET", "/flows", { quary: {} });
  same<ReturnType<typeof client.cacheStats>, CacheStats>();
  const stats = client.stats();
  same<typeof stats, Stats>();
  same<ReturnType<typeof processStats>, readonly Stats[]>();
  const [longest, times]: [number | undefined, readonly number[]] = [
    stats.operations["forms.get"]?.maxMs,
    stats.operations["forms.get"]?.histogram.map((step) => step.calls) ?? [],
  ];
  void [longest, times];
  // @ts-expect-error counts are read-only
  stats.calls = 0;
  await client.formTemplates.options("a", { fresh: true });
}

export async function calls(): Promise<void> {
  const params: FormCreate = {
    flow: { slug: "client-onboarding" },
    user: { email: "a@b.c", given_name: null, phone: undefined },
    data: { anything: [1, { a: null }] },
    redirect_url: null,
  };
  const form = await client.forms.create(params, {
    timeoutMs: 5,
    signal,
    headers: { "x-a": "b" },
    query: { a: 1 },
    body: { b: [2] },
  });
  same<typeof form, Form>();
  same<typeof form.id, string>();
  same<typeof form.links, Form["links"]>();
  const link: string | null | undefined = form.links?.fill;
  const agent: string | null | undefined = form.responses?.[0]?.user?.["user-agent"];
  const status: FormStatus | null | undefined = form.status;
  if (status === "completed") void [link, agent];
  const tomorrow: FormStatus = "a status of tomorrow";
  const data: Record<string, unknown> | null | undefined = form.data;
  void [tomorrow, data];
  // @ts-expect-error a field that may be absent
  form.links.fill;
  // @ts-expect-error a misspelled field
  form.stauts;
  // @ts-expect-error a template is needed
  await client.forms.create({});
  // @ts-expect-error and parameters are
  await client.forms.create();
  // @ts-expect-error an unknown parameter
  await client.forms.create({ flow: { slug: "a" }, usr: {} });
  // @ts-expect-error an unknown parameter within
  await client.forms.create({ flow: { slug: "a" }, user: { mail: "a@b.c" } });
  // @ts-expect-error a required one is not null
  await client.forms.create({ flow: null });
  // @ts-expect-error an id is text
  await client.forms.get(5);
  // @ts-expect-error an unknown option
  await client.forms.get("a", { timeout: 5 });
  // @ts-expect-error cancelling comes later
  await client.forms.get("a", { signal: null });
  same<ReturnType<Forms["get"]>, Promise<Form>>();
}

export async function lists(): Promise<void> {
  const params: FormList = {
    workspace: { slug: "a" },
    flow: { slug: ["a", "b"] as const },
    completed: true,
    page: { size: 10 },
  };
  const pager = client.forms.list(params, {});
  const some: Form[] = await pager.prefetch().collect({ limit: 10 });
  void some;
  client.forms.list({
    filter: {
      attributes: { created_at: { $ge: "2026-01-01", $le: 3 }, status: { $ne: "draft" } },
      relationships: { owner: { attributes: { email: { $eq: "sam@example.com" } } } },
      external_args: { crm_id: "1" },
    },
  });
  // @ts-expect-error a condition is an object of operators
  client.forms.list({ filter: { attributes: { status: "draft" } } });
  same<typeof pager, Pager<Form>>();
  for await (const form of pager) same<typeof form, Form>();
  for await (const page of pager.pages()) {
    same<typeof page, Page<Form>>();
    same<typeof page.meta, PageMeta | undefined>();
    for (const form of page) same<typeof form, Form>();
    const first: Form | undefined = page.data[0];
    void [first, page.length];
  }
  const page: Page<Form> = await pager.page(2);
  const count: number | undefined = await pager.totalCount();
  const workspaces: Pager<Workspace> = client.workspaces.list();
  void [page, count, workspaces];
  // @ts-expect-error a pager is no promise
  pager.then;
  // @ts-expect-error an unknown filter
  client.forms.list({ usr: {} });
}

export async function everything(): Promise<void> {
  const count = await client.forms.count({ "group-by": "status" });
  same<typeof count, Count>();
  await client.forms.count({ group_by: "status", archived: true });
  const options = await client.formTemplates.options("a");
  same<typeof options, Record<string, unknown>>();
  const steps = await client.formTemplates.steps("a");
  same<typeof steps, FormStep[]>();
  const started = await client.cases.startStep("a", "b", { data: { a: 1 } });
  same<typeof started, Case>();
  await client.forms.update("a", { active_until: null }, { timeoutMs: 5 });
  const response = await client.responses.get("a");
  const created: string | null | undefined = response.$created_at;
  void created;
  // @ts-expect-error the step's key is needed
  await client.cases.startStep("a");
  // @ts-expect-error data is needed
  await client.cases.updateData("a", {});
}

export async function files(stream: AsyncIterable<Uint8Array>): Promise<void> {
  const attachment = await client.attachments.upload("a.pdf");
  same<typeof attachment, Attachment>();
  await client.attachments.upload(new Uint8Array(3), { name: "a", type: "text/plain", scope: null });
  await client.attachments.upload(stream, {
    name: "a",
    onProgress: (moved: number, total: number | undefined) => moved < (total ?? 5),
  });
  const buffer = new ArrayBuffer(3);
  const body: BodyLike = { body: null, bodyUsed: false, headers: { get: () => null }, arrayBuffer: async () => buffer };
  for (const source of [buffer, new DataView(buffer), body]) await client.attachments.upload(source, { name: "a" });
  const file = await client.attachments.download("a", { to: "b.pdf", overwrite: true }, { timeoutMs: 5 });
  same<typeof file, File>();
  const [path, content, size]: [string | undefined, Uint8Array | undefined, number] = [
    file.path,
    file.content,
    file.size,
  ];
  void [path, content, size];
  await client.attachments.downloadMerged({ ids: ["a"] as const, filename: "all" });
  // @ts-expect-error a source is needed
  await client.attachments.upload();
  // @ts-expect-error a number is no source
  await client.attachments.upload(5);
  // @ts-expect-error nor is text a target without its name
  await client.attachments.download("a", "b.pdf");
  // @ts-expect-error members are read-only
  file.size = 5;
}

export function errors(error: unknown): string | undefined {
  if (error instanceof RateLimitError) {
    const wait: number | undefined = error.retryAfterMs;
    const base: APIStatusError & APIError & PenboxError & Error = error;
    void [wait, base];
  }
  if (!(error instanceof PenboxError)) return undefined;
  const [kind, code, outcome]: [ErrorKind, ErrorKind, Outcome] = [error.kind, error.code, error.outcome];
  switch (error.outcome) {
    case "not_sent":
    case "rejected":
      return `${kind} ${code} ${outcome}`;
    // @ts-expect-error there is no such outcome
    case "lost":
      break;
    default:
  }
  // @ts-expect-error members are read-only
  error.hint = "x";
  return error.supportReport() + error.hint + error.httpStatus + error.requestId;
}

export async function rest(): Promise<void> {
  const auth: Auth = client.auth;
  const options: CallOptions = {};
  const user: User = {};
  void [auth.source, auth.fingerprint, client.baseUrl, options, user];
  // @ts-expect-error the token is nowhere
  client.token;
  {
    await using other = new Penbox();
    void other;
  }
  await client.close();
  new RateLimitError("for a test of yours", { httpStatus: 429, retryAfterMs: 5 });
}

export async function webhooks(body: Uint8Array, pairs: [string, string][], message: { rawHeaders: string[]; headers: Record<string, string | string[] | undefined> }): Promise<void> {
  const settings: WebhookVerifierSettings = { algorithms: ["RS256", "ES256"], rememberDeliveries: { add: async () => true, remove: () => undefined } };
  const verifier = new WebhookVerifier("https://example.com/hooks", settings);
  const event = await verifier.unwrap(message, body, { signal });
  same<typeof event, WebhookEvent>();
  same<typeof event.request, Form | null | undefined>();
  const isDone: boolean = event.has("responses:completed") || event.has("of:tomorrow");
  void isDone;
  await verifier.unwrap(message.headers, new ArrayBuffer(1));
  await verifier.unwrap(pairs, body);
  await verifier.unwrap(new Map(pairs), body);
  await verifier.verify(message.rawHeaders, body);
  await verifier.forget({ digest: "x" });
  // @ts-expect-error text is no body
  await verifier.unwrap(message, "{}");
  // @ts-expect-error an unknown algorithm
  new WebhookVerifier("https://example.com/hooks", { algorithms: ["HS256"] });
  // @ts-expect-error a store gives true or false
  new WebhookVerifier("https://example.com/hooks", { rememberDeliveries: { add: () => 1, remove: () => undefined } });
}
