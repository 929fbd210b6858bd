/** Errors made from the addon's payloads. */
import { bridge } from "./calls.js";
import { PenboxError, type ErrorDetails } from "./error.js";
import { CLASSES } from "./generated/classes.js";
import type { ErrorKind, Outcome } from "./generated/kinds.js";
import { ResponseHeaders } from "./headers.js";
import type { NativeClient } from "./native.js";

/** An error as the addon describes it. */
interface Payload {
  kind: ErrorKind;
  class: string;
  message: string;
  hint: string | null;
  reason: string | null;
  phase: string | null;
  http_status: number | null;
  title: string | null;
  body: string | null;
  headers?: [string, string][];
  operation: string | null;
  method: string | null;
  path: string | null;
  attempts: number;
  retry_after_ms: number | null;
  outcome: Outcome;
  retryable: boolean;
  request_id: string | null;
  occurred_at: string;
  support_report: string;
  curl?: string;
}

/** The error for a payload. */
export function errorOf(text: string, cause?: unknown): PenboxError {
  const payload = JSON.parse(text) as Payload;
  const details: ErrorDetails = {
    kind: payload.kind,
    hint: payload.hint ?? undefined,
    reason: payload.reason ?? undefined,
    phase: payload.phase ?? undefined,
    httpStatus: payload.http_status ?? undefined,
    title: payload.title ?? undefined,
    body: payload.body ?? undefined,
    headers: payload.headers && new ResponseHeaders(payload.headers),
    operation: payload.operation ?? undefined,
    method: payload.method ?? undefined,
    path: payload.path ?? undefined,
    attempts: payload.attempts,
    retryAfterMs: payload.retry_after_ms ?? undefined,
    outcome: payload.outcome,
    retryable: payload.retryable,
    requestId: payload.request_id ?? undefined,
    occurredAt: payload.occurred_at,
    supportReport: payload.support_report,
    curl: payload.curl,
    cause,
  };
  const type = CLASSES.get(payload.kind) ?? PenboxError;
  return new type(payload.message, details);
}

/** The InvalidArgumentError for an argument that is refused before it reaches the core. */
export function refused(message: string, hint?: string, cause?: unknown): PenboxError {
  return errorOf(bridge.refuse(message, hint ?? null), cause);
}

/** Validates the arguments of `request`. An InvalidArgumentError gets its name, the method and the path. */
export function placedRequest<T>(native: NativeClient, method: string, path: string, validate: () => T): T {
  try {
    return validate();
  } catch (error) {
    if (!(error instanceof PenboxError) || error.kind !== "invalid_argument") throw error;
    throw errorOf(native.refuseRequest(method, path, error.message, error.hint ?? null), error.cause);
  }
}

/** Validates the arguments of an operation. An InvalidArgumentError without an operation's name gets this one. */
export function placed<T>(native: NativeClient, operation: string, validate: () => T): T {
  try {
    return validate();
  } catch (error) {
    throw named(native, operation, error);
  }
}

/** The error with the operation's name, if it is an InvalidArgumentError without one; any other error as it is. */
export function named(native: NativeClient, operation: string, error: unknown): unknown {
  if (!(error instanceof PenboxError) || error.kind !== "invalid_argument" || error.operation !== undefined)
    return error;
  return errorOf(native.refuse(operation, error.message, error.hint ?? null), error.cause);
}
