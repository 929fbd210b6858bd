/** Clients of several workspaces, each with its own token. */
import { bridge } from "./calls.js";
import { Penbox } from "./client.js";
import { PenboxError } from "./error.js";
import type { PenboxSettings } from "./generated/settings.js";
import { errorOf } from "./raise.js";

/**
 * A client for each of several workspaces, by its slug. A token belongs to one workspace, so each client has its own token, and
 * with it its own pause after a 429, its own rate limit and its own connections: a busy workspace holds no other up.
 *
 * ```ts
 * const clients = new WorkspaceClients({ sales: salesToken, hr: hrToken });
 * for await (const form of clients.get("sales").forms.list()) console.log(form.id);
 * await clients.close();
 * ```
 */
export class WorkspaceClients {
  readonly #clients = new Map<string, Penbox>();

  /**
   * Makes the clients. Sends nothing. `workspaces` has by the workspace's slug its token or the settings of its client; `common` has
   * the settings of all clients, unless their own say otherwise.
   *
   * @throws ConfigError, which names the workspace, if a setting is not valid, a slug is empty, or two have the same token.
   */
  constructor(workspaces: Readonly<Record<string, string | PenboxSettings>>, common: PenboxSettings = {}) {
    for (const [slug, given] of Object.entries(workspaces)) {
      const own = typeof given === "string" ? { token: given } : given;
      try {
        this.#clients.set(slug, new Penbox({ ...common, ...own }));
      } catch (error) {
        void this.close();
        if (error instanceof PenboxError) error.message = `the workspace ${slug}: ${error.message}`;
        throw error;
      }
    }
    const known = [...this.#clients.values()].map((client) => client.auth.fingerprint ?? "");
    const refused = bridge.checkWorkspaces(this.slugs, known);
    if (refused !== null) {
      void this.close();
      throw errorOf(refused);
    }
  }

  /**
   * The client of a workspace.
   *
   * @throws InvalidArgumentError with the reason `unknown_workspace`, which names the known ones.
   */
  get(slug: string): Penbox {
    const client = this.#clients.get(slug);
    if (client === undefined) throw errorOf(bridge.unknownWorkspace(String(slug), this.slugs));
    return client;
  }

  /** The slugs. */
  get slugs(): string[] {
    return [...this.#clients.keys()];
  }

  /** The slugs with their clients. */
  [Symbol.iterator](): IterableIterator<[string, Penbox]> {
    return this.#clients.entries();
  }

  /** Ends all clients. Resolves once every call has ended. It never rejects and may be called again. */
  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }
}
