/** The environment variables of this JavaScript: `process.env`, which in a worker or a test runner differs from the process's. */

/** The variables that are set now, as names and values in turn. */
export function environment(variables: readonly string[]): string[] {
  // A runtime that imitates Node may have no `process`.
  const env: Record<string, unknown> = globalThis.process?.env ?? {};
  return variables.flatMap((name) => {
    const value = env[name];
    return value === undefined || value === null ? [] : [name, String(value)];
  });
}
