/** The environment of this JavaScript: `process.env`, which in a worker or a test runner is not the process's. */

/** The variables that are set, as they are now: names and values in turn. */
export function environment(variables: readonly string[]): string[] {
  // A runtime that stands in for Node may have no process.
  const env: Record<string, unknown> = globalThis.process?.env ?? {};
  return variables.flatMap((name) => {
    const value = env[name];
    return value === undefined || value === null ? [] : [name, String(value)];
  });
}
