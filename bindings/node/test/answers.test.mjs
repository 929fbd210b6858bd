// Whatever a server answers: a typed error or a result, never a parser's exception.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import * as penbox from "penbox";
import { answer, failure, httpServer, rawServer, reply } from "./support.mjs";

const { Penbox } = penbox;

const odd = [
  ["no HTTP at all", "hello\r\n\r\n", "APIResponseError"],
  ["a closed connection", "", "APIConnectionError"],
  ["an empty body", answer(200, ""), "APIResponseError"],
  ["a web page", answer(200, "<html>hello</html>", { "content-type": "text/html" }), "APIResponseError"],
  ["cut JSON", answer(200, '{"id": "a'), "APIResponseError"],
  ["a short body", `HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"id": "a"}`, "APIResponseError"],
  [
    "bytes that are no UTF-8",
    Buffer.concat([
      Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n"),
      Buffer.from('{"id": "'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]),
    "APIResponseError",
  ],
  ["a comment", answer(200, '{"id": "a"} // b'), "APIResponseError"],
  ["JSON nested too deep", answer(200, `{"id": "a", "data": ${'{"a":'.repeat(100_000)}`), "APIResponseError"],
  ["a list instead of a form", answer(200, "[]"), "APIResponseError"],
  ["null", answer(200, "null"), "APIResponseError"],
  ["a redirect", answer(302, "", { location: "http://127.0.0.1:1/" }), "APIResponseError"],
  ["an error of no JSON", answer(500, "<h1>oops</h1>"), "ServerError"],
  [
    "an error whose members have other types",
    answer(422, '{"message": {"a": 1}, "error": []}'),
    "UnprocessableEntityError",
  ],
  ["an unknown status", answer(418, "{}"), "APIStatusError"],
];

for (const [name, bytes, type] of odd) {
  test(`${name}: ${type}`, async (t) => {
    const { settings } = await rawServer(t, bytes);
    const error = await failure(() => new Penbox(settings).forms.get("a"));
    assert.equal(error.constructor, penbox[type], String(error));
    assert.equal(error.name, type);
    assert.notEqual(error.message, "");
  });
}

test("a member of an unexpected type is as it came and spoils nothing else", async (t) => {
  const sent = {
    id: 5,
    archived: "yes",
    user: { email: ["x"], given_name: "Zoë" },
    responses: [{ id: 7, completed_at: 7 }, "lost", null],
  };
  const { settings } = await rawServer(t, answer(200, JSON.stringify(sent)));
  assert.deepEqual(await new Penbox(settings).forms.get("a"), sent);
});

test("a page with a misfit gives all its items, whatever meta says", async (t) => {
  const items = [{ id: "a" }, { id: 5 }, null, "b", [1], { status: "x" }, { id: "c", archived: "yes" }];
  const meta = { total_count: "7", total_pages: {}, current_page: [1] };
  for (const [body, expected] of [
    [{ data: items, meta }, items],
    [{ data: items, meta: 5 }, items],
    [items, items],
    [{ data: null }, []],
  ]) {
    const { settings } = await rawServer(t, answer(200, JSON.stringify(body)));
    const pager = new Penbox(settings).forms.list();
    assert.deepEqual(await pager.collect(), expected);
    assert.equal(await pager.totalCount(), undefined);
  }
});

test("an answer of no use is carried by its error, which blames a proxy only where it is no JSON", async (t) => {
  for (const [text, isJson] of [
    ["[]", true],
    ["5", true],
    ["<p>ok</p>", false],
    ['{"id": "a"', false],
  ]) {
    const { settings } = await rawServer(t, answer(200, text));
    const error = await failure(() => new Penbox(settings).forms.get("a"));
    assert.equal(error.body, text);
    assert.equal(error.outcome, "done");
    assert.equal(error.hint.includes("proxy"), !isJson, error.hint);
  }
});

test("half of a surrogate pair is U+FFFD, in one item of a long page, too", async (t) => {
  const text = String.raw`{"id": "a\ude00", "user": {"given_name": "x\ud83d"}, "data": {"k\uDE00": ["\ude00\ud83d", "\ud83d\ude00"]}}`;
  const expected = {
    id: "a\ufffd",
    user: { given_name: "x\ufffd" },
    data: { "k\ufffd": ["\ufffd\ufffd", "😀"] },
  };
  const { settings } = await rawServer(t, answer(200, text));
  const form = await new Penbox(settings).forms.get("a");
  assert.deepEqual(form, expected);
  assert.ok(JSON.stringify(form).isWellFormed());
  const plain = Array.from({ length: 1000 }, (_, at) => ({ id: `f${at}`, user: { given_name: "Łukasz ".repeat(10) } }));
  const body = `{"data": [${plain.map((item) => JSON.stringify(item)).join(",")},${text}]}`;
  const list = await rawServer(t, answer(200, body));
  assert.deepEqual(await new Penbox(list.settings).forms.list().collect(), [...plain, expected]);
});

test("a number beyond JavaScript's is the nearest that there is", async (t) => {
  const numbers = "[1e400,-1e400,12345678901234567890123,0.1000000000000000055511151231257827]";
  const text = `{"id": "a", "data": {"n": ${numbers}}}`;
  const { settings } = await rawServer(t, answer(200, text));
  const form = await new Penbox(settings).forms.get("a");
  assert.deepEqual(form, JSON.parse(text));
  assert.equal(form.data.n[0], Infinity);
});

test("odd keys and numbers come through as JSON.parse gives them", async (t) => {
  const text =
    '{"id": "a", "__proto__": {"x": 1}, "data": {"a\\u0000b": 1e300, "é": "\\ud83d\\ude00", "n": -0.0}, "new_field": [1]}';
  const { settings } = await rawServer(t, answer(200, text));
  const form = await new Penbox(settings).forms.get("a");
  assert.deepEqual(form, JSON.parse(text));
  assert.equal(JSON.stringify(form), JSON.stringify(JSON.parse(text)));
  assert.deepEqual(form.new_field, [1], "unknown fields stay");
});

test("text of any alphabet comes through, in answers and in errors", async (t) => {
  const latin = "é÷ÿ\u0080 ".repeat(50);
  const texts = ["Łukasz", "\u0100\u2028\uffff", "😀", "\\Ł\\\\😀\"", "Ελληνικά κείμενα ".repeat(50), "漢字", "\u007f"];
  const data = Object.fromEntries(texts.flatMap((text, at) => [[`${at}${text}`, text], [`long ${at}`, latin + text]]));
  const { settings } = await httpServer(t, (request, response) =>
    request.url.endsWith("/a")
      ? reply(response, 200, { id: "a", data })
      : reply(response, 422, { message: `${texts[0]} é÷ÿ ${texts[2]}` }),
  );
  const client = new Penbox(settings);
  assert.deepEqual((await client.forms.get("a")).data, data);
  for (const [name, text] of Object.entries(data)) {
    const each = await httpServer(t, (request, response) => reply(response, 200, { id: "a", data: { [name]: text } }));
    assert.deepEqual((await new Penbox(each.settings).forms.get("a")).data, { [name]: text });
  }
  const error = await failure(() => client.forms.get("b"));
  assert.equal(error.message, `${texts[0]} é÷ÿ ${texts[2]}`);
});

test("the deepest JSON that is accepted comes through", async (t) => {
  const text = `{"id": "a", "data": ${'{"a":'.repeat(125)}1${"}".repeat(125)}}`;
  const { settings } = await rawServer(t, answer(200, text));
  assert.equal(JSON.stringify(await new Penbox(settings).forms.get("a")), JSON.stringify(JSON.parse(text)));
});

test("a byte order mark is passed over", async (t) => {
  const { settings } = await rawServer(t, answer(200, '\ufeff{"id": "a"}'));
  assert.deepEqual(await new Penbox(settings).forms.get("a"), { id: "a" });
});

test("compressed answers are read", async (t) => {
  const { settings } = await httpServer(t, (request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
    response.end(gzipSync(JSON.stringify({ id: "a", data: { text: "x".repeat(100_000) } })));
  });
  const form = await new Penbox(settings).forms.get("a");
  assert.equal(form.data?.text.length, 100_000);
});

test("an answer above the limit is refused", async (t) => {
  const { settings } = await httpServer(t, (request, response) =>
    reply(response, 200, { id: "a".repeat(5000) }),
  );
  const error = await failure(() => new Penbox({ ...settings, maxResponseBytes: 1000 }).forms.get("a"));
  assert.deepEqual([error.name, error.reason], ["APIResponseError", "too_large"]);
});

test("items that an earlier page had are left out", async (t) => {
  const pages = [
    ["a", "b"],
    ["b", "c"],
    ["d", "a"],
  ];
  const { settings } = await httpServer(t, (request, response) => {
    const number = Number(new URL(request.url, "http://x").searchParams.get("page[number]"));
    const data = pages[number - 1].map((id, position) => ({ id, position }));
    reply(response, 200, { meta: { current_page: number, total_pages: 3, total_count: 6 }, data });
  });
  const found = [];
  const pager = new Penbox(settings).forms.list({ page: { size: 2 } });
  for await (const page of pager.pages()) found.push(page.data.map(({ id, position }) => `${id}${position}`));
  assert.deepEqual(found, [["a0", "b1"], ["c1"], ["d0"]]);
  assert.deepEqual(
    (await pager.page(2)).data.map(({ id }) => id),
    ["b", "c"],
    "a single page is whole",
  );
});

test("bare arrays and absent meta are lists, too", async (t) => {
  const { settings } = await httpServer(t, (request, response) => reply(response, 200, [{ id: "a" }]));
  const pager = new Penbox(settings).workspaces.list();
  assert.equal(await pager.totalCount(), undefined);
  const found = [];
  for await (const workspace of pager) found.push(workspace);
  assert.deepEqual(found, [{ id: "a" }]);
  assert.equal((await pager.page(1)).meta, undefined);
});

test("a long page comes through whole, in any alphabet and shape", async (t) => {
  const items = (text) => Array.from({ length: 500 }, (_, n) => ({ id: `${n}`, data: { "],[": [text] } }));
  const meta = { current_page: 1, total_pages: 1, total_count: 500 };
  const texts = ["a\u0000", "é", "漢", "😀"].map((text) => text.repeat(150));
  for (const data of [...texts.map(items), texts.flatMap(items)]) {
    for (const body of [{ meta, data, links: {} }, { data, meta }, data]) {
      for (const space of [0, 2]) {
        const { settings } = await rawServer(t, answer(200, JSON.stringify(body, null, space)));
        const page = await new Penbox(settings).forms.list().page(1);
        assert.deepEqual(page.data, data);
        assert.deepEqual(page.meta, body.meta);
      }
    }
  }
  const { settings } = await rawServer(t, answer(200, JSON.stringify([...items("a".repeat(300)), ...items("b")])));
  const fresh = await new Penbox(settings).forms.list().collect({ limit: 1000 });
  assert.deepEqual(fresh, items("a".repeat(300)), "what stands twice is left out across pieces");
});

test("an error comes after the pages before it, and is no end", async (t) => {
  const { settings } = await httpServer(t, (request, response) => {
    if (request.url.includes("%5Bnumber%5D=1"))
      reply(response, 200, { meta: { total_pages: 3 }, data: [{ id: "a" }, { id: "b" }] });
    else reply(response, 503, { message: "later" });
  });
  const found = [];
  const iterator = new Penbox(settings).forms.list({ page: { size: 2 } })[Symbol.asyncIterator]();
  const error = await failure(async () => {
    for (;;) found.push((await iterator.next()).value?.id);
  });
  assert.deepEqual(found, ["a", "b"]);
  assert.deepEqual([error.name, error.operation], ["ServerError", "forms.list"]);
  assert.equal((await failure(() => iterator.next())).name, "ServerError");
});

test("limits are kept, the call's before the client's", async (t) => {
  const { settings } = await httpServer(t, () => {});
  const started = performance.now();
  const [own, whole] = await Promise.all([
    failure(() => new Penbox(settings).forms.get("a", { timeoutMs: 60 })),
    failure(() => new Penbox({ ...settings, timeoutMs: 60 }).forms.create({ flow: { slug: "a" } })),
  ]);
  assert.ok(performance.now() - started < 10_000);
  assert.deepEqual([own.name, own.outcome, own.retryable], ["APITimeoutError", "unknown", true]);
  assert.deepEqual([whole.name, whole.outcome, whole.retryable], ["APITimeoutError", "unknown", false]);
});

test("extra headers, query and body members of a call are sent", async (t) => {
  const seen = [];
  const { settings } = await httpServer(t, async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    seen.push([request.url, request.headers["x-trace"], JSON.parse(body)]);
    reply(response, 201, { id: "a" });
  });
  await new Penbox(settings).forms.create(
    { flow: { slug: "a" }, redirect_url: null, active_from: undefined },
    { headers: { "x-trace": "7" }, query: { beta: true }, body: { extra: [1] } },
  );
  assert.deepEqual(seen, [
    ["/v1/forms?beta=true", "7", { flow: { slug: "a" }, redirect_url: null, extra: [1] }],
  ]);
});
