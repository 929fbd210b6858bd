// The numbers of the addon's messages, which stand on both sides.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { home } from "./support.mjs";

test("the numbers of messages are the same on both sides", () => {
  const rust = readFileSync(join(home, "src", "batch.rs"), "utf8");
  const script = readFileSync(join(home, "ts", "native.ts"), "utf8");
  const [, body] = script.match(/export const Kind = \{([^]*?)\n\} as const/);
  const kinds = [...body.matchAll(/^ {2}(\w+): (\d+),$/gm)].map(([, name, number]) => [name, Number(number)]);
  // Each number follows the name of its message; a success that is a text or nothing is `Done`.
  const [sent, names] = [new Map(), { Text: "Done" }];
  let last;
  for (const [, name, number] of rust.matchAll(/(?:Message|Answered)::(\w+)|\((\d+)\.0,/g)) {
    if (name !== undefined) last = names[name] ?? name;
    else sent.set(last, Number(number));
  }
  assert.deepEqual(new Map([...sent].sort()), new Map(kinds.sort()));
  assert.equal(new Set(sent.values()).size, kinds.length);
});
