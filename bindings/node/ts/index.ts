/** Client for the Penbox API: forms, cases and documents, with a stated outcome on every error. */
export { Penbox, type Auth, type PenboxWithResponse } from "./client.js";
export { CheckReport, type CheckOptions, type Finding } from "./check.js";
export { PenboxError, type ErrorDetails } from "./error.js";
export type { Alert, Logger, LogLevel, RequestEvent, ResponseEvent, RetryEvent } from "./events.js";
export type {
  BinaryData,
  BlobLike,
  BodyLike,
  Bytes,
  DownloadOptions,
  File,
  FileSource,
  FileTarget,
  FileUrl,
  OnProgress,
  StreamSource,
  StreamTarget,
  UploadOptions,
} from "./files.js";
export * from "./generated/index.js";
export type { AbortSignalLike, CallOptions } from "./options.js";
export { ResponseHeaders } from "./headers.js";
export { Page } from "./page.js";
export { Pager } from "./pager.js";
export type { CacheStats, RequestParts } from "./request.js";
export type {
  HttpResponse,
  PagesWithResponse,
  ResourcesWithResponse,
  ResourceWithResponse,
  WithResponse,
} from "./with_response.js";
export {
  processStats,
  type Deprecation,
  type HistogramStep,
  type OperationStats,
  type RateLeft,
  type Stats,
} from "./usage.js";
export type { DeliveryBody, DeliveryHeaders, HeaderObject, HeaderPairs } from "./delivery.js";
export type { ReplayStore } from "./replay_store.js";
export type { WebhookEvent } from "./webhook_event.js";
export {
  WebhookVerifier,
  type WebhookAlgorithm,
  type WebhookNetwork,
  type WebhookOptions,
  type WebhookVerifierSettings,
} from "./webhook_verifier.js";
export { WorkspaceClients } from "./workspaces.js";
