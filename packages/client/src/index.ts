/** Typed clients of an AgentOS and of its control plane, for browsers, Node and edge. */

export {
  type AgentOSClient,
  type AgentOSClientOptions,
  createAgentOSClient,
} from "./agentos/create-agentos-client.ts";
export type { ContinueInput, RunInput } from "./agentos/run-input.ts";
export type {
  PendingRun,
  RunMethods,
  RunOptions,
  RunReference,
  RunStreamOptions,
  StreamOptions,
} from "./agentos/run-methods.ts";
export type { SessionStore } from "./control-plane/cookie-session.ts";
export {
  type ControlPlaneClient,
  type ControlPlaneClientOptions,
  createControlPlaneClient,
  createMemorySession,
} from "./control-plane/create-control-plane-client.ts";
export { connectInstance, type InstanceConnection } from "./instance/connect-instance.ts";
export type { RunStream, StreamedEvent } from "./stream/run-stream.ts";
export type { CallOptions } from "./wire/call-types.ts";
export {
  AgentOSRefusal,
  ClientConfigurationError,
  type ClientError,
  ConnectionFault,
  type ConnectionReason,
  type InputIssue,
  InvalidInput,
  isClientError,
  type SentRequest,
} from "./wire/client-errors.ts";
export type { CheckAnswer, ClientOptions } from "./wire/client-options.ts";
export type { ClientRuntime } from "./wire/runtime.ts";
export type { GetToken, GetTokenOptions } from "./wire/token-source.ts";
