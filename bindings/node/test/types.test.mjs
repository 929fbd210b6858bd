// The types hold under strict settings, without any other package's types.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { home, run } from "./support.mjs";

test("tsc --strict accepts what is right and refuses what is wrong", { timeout: 120_000 }, async () => {
  const tsc = join(home, "node_modules", "typescript", "bin", "tsc");
  const { code, stdout } = await run([tsc, "-p", join(home, "test", "types")], { limit: 110_000 });
  assert.deepEqual([stdout, code], ["", 0]);
});
