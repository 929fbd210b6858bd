#!/usr/bin/env node
/** The command `npx penbox doctor`. */
import { bridge } from "./calls.js";
import { environment } from "./environment.js";

const USAGE = `Usage: npx penbox doctor [--workspace SLUG] [--json | --curl]

doctor  checks the token, the settings of the environment, the connection and the clock
`;

/** The exit code, and the texts for standard output and standard error. */
function run([command, ...given]: string[]): [number, string, string] {
  if (command === "--help" || command === "-h") return [0, USAGE, ""];
  if (command !== "doctor") return [2, "", USAGE];
  const text = bridge.doctor("npx penbox doctor", given, environment(bridge.variables()));
  return JSON.parse(text) as [number, string, string];
}

const [code, output, error] = run(process.argv.slice(2));
// A reader such as `head` may have read enough.
process.stdout.on("error", () => {});
process.stdout.write(output);
process.stderr.write(error);
// Not `exit`, which could cut off what a pipe has not taken yet.
process.exitCode = code;
