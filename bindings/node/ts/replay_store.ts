/** The store of the deliveries that a receiver accepted. */

/**
 * A store of the deliveries that were accepted, for `rememberDeliveries`. Receivers of several processes share one, such as a table with
 * a unique column, or Redis.
 *
 * ```ts
 * const store: ReplayStore = {
 *   add: async (id, ttlMs) => (await redis.set(`penbox:${id}`, 1, { NX: true, PX: ttlMs })) === "OK",
 *   remove: async (id) => void (await redis.del(`penbox:${id}`)),
 * };
 * ```
 */
export interface ReplayStore {
  /**
   * Keeps an id for so many milliseconds, and gives true; false where it is kept already. Of several calls at once with one id only one
   * may be given true. The id has 43 letters, digits, `-` and `_`.
   *
   * What it throws or rejects with refuses the delivery: the reason is `replay_store`, the error is `retryable`, and its `cause` is what
   * was thrown.
   */
  add(id: string, ttlMs: number): boolean | Promise<boolean>;
  /** Removes an id, so that the delivery is accepted again. What it throws rejects `forget`. */
  remove(id: string): unknown;
}

/** True for an object with the functions of a store. */
export function isStore(value: unknown): value is ReplayStore {
  const store = value as Partial<ReplayStore> | null | undefined;
  return typeof store?.add === "function" && typeof store.remove === "function";
}
