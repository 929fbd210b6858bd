/** The event of a webhook. */
import type { WebhookEvent as Members } from "./generated/models.js";

/** The body of a delivery: events, the object that they are of, and the form as it was then. */
export interface WebhookEvent extends Members {
  /**
   * True if an event of this name is among the events: `event.has("responses:completed")`. It takes any name, for there may be events that
   * are not documented.
   */
  has(name: string): boolean;
}

/** The event of a body that was verified. `has` is not enumerable, so that the event is written as JSON as it was received. */
export function eventOf(body: Members): WebhookEvent {
  const has = (name: string): boolean => {
    const events: unknown = body.events;
    return Array.isArray(events) && events.includes(name);
  };
  return Object.defineProperty(body, "has", { value: has, configurable: true, writable: true }) as WebhookEvent;
}
