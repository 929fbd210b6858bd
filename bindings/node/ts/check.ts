/** The report of a check. */

/** One finding of a check. */
export interface Finding {
  /**
   * The finding's name in snake_case, the same in every language: `token_not_accepted`, `clock_skew`, ... More may be added.
   */
  readonly id: string;
  /** Its weight. `warning`: calls work, and something should be mended. `error`: calls fail. */
  readonly level: "ok" | "note" | "warning" | "error";
  /** The finding in a sentence. It never holds a token. */
  readonly message: string;
  /** Advice on what to do, where there is anything to do. */
  readonly fix?: string;
}

/** What a check looks for. */
export interface CheckOptions {
  /**
   * The workspace that the token should open, by its slug or id. Another one is the finding `wrong_workspace`, which lists the
   * token's own.
   */
  workspace?: string | undefined;
}

/** A report as the addon writes it. */
interface Members {
  ok: boolean;
  findings: { id: string; level: Finding["level"]; message: string; fix: string | null }[];
  curl: string | null;
  text?: string;
}

/** The report of {@link Penbox.check}. As text it can be pasted anywhere: it holds no token. */
export class CheckReport {
  /** True if no finding is an error. */
  readonly ok: boolean;
  /** The findings, in the order of the debugging list: settings, connection, answer. */
  readonly findings: readonly Finding[];
  /** The call that the check makes, as a line for a shell, with `$PENBOX_API_TOKEN` for the token. */
  readonly curl: string | undefined;
  readonly #members: Members;
  readonly #text: string;

  /** @internal */
  constructor(json: string) {
    const { text = "", ...members } = JSON.parse(json) as Members;
    this.#members = members;
    this.#text = text;
    this.ok = members.ok;
    this.findings = members.findings.map(({ fix, ...finding }) => (fix === null ? finding : { ...finding, fix }));
    this.curl = members.curl ?? undefined;
  }

  /** The report for humans. */
  toString(): string {
    return this.#text;
  }

  /** The report as `npx penbox doctor --json` prints it. */
  toJSON(): Record<string, unknown> {
    return { ...this.#members };
  }
}
